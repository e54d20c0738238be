/** What an owner decides, on its way into the store: with id, time, owner, version, and what it heard before. */
import { uuid4, workflowInfo } from '@temporalio/workflow';
import type { Decision, DecisionCause, DecisionDraft } from '../../model/decision.ts';
import { withCause } from '../../scheduler/decisions/causes.ts';
import type { RecordWriter } from './record-writer.ts';

/** A decision that is taken again and again is written again no more often than this. */
const REPEAT_WRITE_MS = 10_000;

/** A decision that stands: taken again, it is the same record. Crosses continue-as-new as it is. */
export interface StandingDecision {
  readonly key: string;
  readonly id: string;
  readonly at: number;
  readonly count: number;
  readonly writtenAt: number;
}

/** A decision of this workflow's, taken now. */
export function newDecision(clusterName: string, draft: DecisionDraft, causes: readonly DecisionCause[]): Decision {
  const info = workflowInfo();
  const now = Date.now();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is set only where deployments are versioned
  const codeVersion = info.currentBuildId;
  return {
    ...draft,
    id: uuid4(),
    clusterName,
    ownerWorkflowId: info.workflowId,
    causes,
    at: now,
    lastAt: now,
    count: 1,
    ...(codeVersion === undefined || codeVersion === '' ? {} : { codeVersion }),
  };
}

export class DecisionLog {
  readonly #writer: RecordWriter;
  readonly #clusterName: string;
  #heard: readonly DecisionCause[];

  constructor(writer: RecordWriter, clusterName: string, heard: readonly DecisionCause[] = []) {
    this.#writer = writer;
    this.#clusterName = clusterName;
    this.#heard = heard;
  }

  /** What decisions follow from now. */
  get heard(): readonly DecisionCause[] {
    return this.#heard;
  }

  /** Decisions from here on follow from this, too. */
  hear(cause: DecisionCause): void {
    this.#heard = withCause(this.#heard, cause);
  }

  /** Nothing is left to be done about what was heard. */
  rest(): void {
    this.#heard = [];
  }

  /** `causes`: instead of what was heard. */
  make(draft: DecisionDraft, causes: readonly DecisionCause[] = this.#heard): Decision {
    return newDecision(this.#clusterName, draft, causes);
  }

  add(draft: DecisionDraft, causes?: readonly DecisionCause[]): void {
    this.#writer.addDecision(this.make(draft, causes));
  }

  /**
   * A decision that may be the one that stands already, by its key. Returns what stands now. `urgent`: a new one is
   * written at once; otherwise, as all repeats, with the next write.
   */
  stand(
    draft: DecisionDraft & { readonly key: string; readonly urgent: boolean },
    standing: StandingDecision | undefined,
  ): StandingDecision {
    const { key, urgent, ...rest } = draft;
    const fresh = this.make(rest);
    if (standing?.key !== key) {
      this.#writer.addDecision(fresh, { withNextWrite: !urgent });
      return { key, id: fresh.id, at: fresh.at, count: 1, writtenAt: fresh.at };
    }
    const { id, at, writtenAt } = standing;
    const count = standing.count + 1;
    const due = fresh.at - writtenAt >= REPEAT_WRITE_MS;
    if (due) this.#writer.addDecision({ ...fresh, id, at, count }, { withNextWrite: true });
    return { key, id, at, count, writtenAt: due ? fresh.at : writtenAt };
  }
}
