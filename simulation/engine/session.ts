/**
 * A run in memory with the state of its commands. Tells, both live and in a replay, what follows from a command at
 * once.
 */
import type { ActivationFacts, Command, Job, Sandbox } from './sandbox.ts';

/** The cancellation types of activities: when the workflow learns of a cancellation. */
const TRY_CANCEL = 0;
const ABANDON = 2;

export interface SessionResult {
  readonly commands: readonly Command[];
  /** What the workflow learns before anything else happens. */
  readonly immediate: readonly Job[];
  readonly usedFlags: readonly number[];
}

export class WorkflowSession {
  readonly #sandbox: Sandbox;
  /** Activities that the workflow waits for, with their cancellation types. */
  readonly #open = new Map<number, number>();
  /** Ordinary activities that the current workflow task scheduled. The server does not know them yet. */
  readonly #unsent = new Set<number>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  query(queryType: string): Promise<unknown> {
    return this.#sandbox.query(queryType);
  }

  dispose(): Promise<void> {
    return this.#sandbox.dispose();
  }

  /** Whether the workflow still waits for the activity. */
  awaits(seq: number): boolean {
    return this.#open.has(seq);
  }

  async step(jobs: readonly Job[], facts: ActivationFacts): Promise<SessionResult> {
    for (const { resolveActivity } of jobs) if (resolveActivity) this.#open.delete(resolveActivity.seq ?? 0);
    const { commands, usedFlags } = await this.#sandbox.activate(jobs, facts);
    const immediate = commands.flatMap((command) => this.#follow(command, facts.isReplaying) ?? []);
    return { commands, immediate, usedFlags };
  }

  /** The workflow task has ended, and its commands are sent. */
  taskEnds(): void {
    this.#unsent.clear();
  }

  #follow(command: Command, isReplaying: boolean): Job | undefined {
    const scheduled = command.scheduleActivity ?? command.scheduleLocalActivity;
    if (scheduled) {
      this.#open.set(scheduled.seq ?? 0, scheduled.cancellationType ?? TRY_CANCEL);
      if (command.scheduleActivity) this.#unsent.add(scheduled.seq ?? 0);
      return undefined;
    }
    const cancelled = command.requestCancelActivity ?? command.requestCancelLocalActivity;
    if (!cancelled) return undefined;
    const isLocal = Boolean(command.requestCancelLocalActivity);
    // In a replay, the marker tells of the cancellation.
    return isLocal && isReplaying ? undefined : this.#cancelled(cancelled.seq ?? 0, isLocal);
  }

  #cancelled(seq: number, isLocal: boolean): Job | undefined {
    const type = this.#open.get(seq);
    const atOnce = type === TRY_CANCEL || type === ABANDON || this.#unsent.has(seq);
    if (type === undefined || !atOnce) return undefined;
    this.#open.delete(seq);
    return { resolveActivity: { seq, isLocal, result: { cancelled: { failure: cancelledFailure } } } };
  }
}

export const cancelledFailure = {
  message: 'Activity cancelled',
  activityFailureInfo: { activityType: { name: 'cancelled' } },
  cause: { message: 'Activity cancelled', canceledFailureInfo: {} },
};

/** What a replay must repeat: the kind of each command and what it names. */
export function signature(command: Command): string {
  const [kind = 'nothing'] = Object.keys(command).filter(
    (key) => !['userMetadata', 'eventGroupMarkers', 'variant'].includes(key),
  );
  const value = (command as Record<string, unknown>)[kind] as Record<string, unknown> | undefined;
  const named = ['seq', 'activityType', 'taskQueue', 'protocolInstanceId', 'patchId', 'workflowType'].flatMap((name) =>
    value?.[name] === undefined || value[name] === '' ? [] : [`${name}=${JSON.stringify(value[name])}`],
  );
  const answers = ['accepted', 'rejected', 'completed'].filter(
    (answer) => command.updateResponse && Boolean(value?.[answer]),
  );
  return [kind, ...named, ...answers].join(' ');
}
