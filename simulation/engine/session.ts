/** A run in memory with what its commands have set off: tells, live and in a replay alike, what follows at once. */
import type { ActivationFacts, Command, Job, Sandbox } from './sandbox.ts';

/** Of a command to cancel an activity: when the workflow learns of it. */
const TRY_CANCEL = 0;
const ABANDON = 2;

export interface StepResult {
  readonly commands: readonly Command[];
  /** What the workflow is told before anything else happens. */
  readonly immediate: readonly { readonly command: number; readonly job: Job }[];
  readonly usedFlags: readonly number[];
}

export class WorkflowSession {
  readonly #sandbox: Sandbox;
  /** Activities that the workflow waits for, with their way of being cancelled. */
  readonly #open = new Map<number, number>();

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

  async step(jobs: readonly Job[], facts: ActivationFacts): Promise<StepResult> {
    for (const { resolveActivity } of jobs) if (resolveActivity) this.#open.delete(resolveActivity.seq ?? 0);
    const { commands, usedFlags } = await this.#sandbox.activate(jobs, facts);
    const immediate = commands.flatMap((command, i) => {
      const job = this.#follow(command);
      return job ? [{ command: i, job }] : [];
    });
    return { commands, immediate, usedFlags };
  }

  #follow(command: Command): Job | undefined {
    const scheduled = command.scheduleActivity ?? command.scheduleLocalActivity;
    if (scheduled) {
      this.#open.set(scheduled.seq ?? 0, scheduled.cancellationType ?? TRY_CANCEL);
      return undefined;
    }
    const cancelled = command.requestCancelActivity ?? command.requestCancelLocalActivity;
    if (!cancelled) return undefined;
    const seq = cancelled.seq ?? 0;
    const type = this.#open.get(seq);
    if (type !== TRY_CANCEL && type !== ABANDON) return undefined;
    this.#open.delete(seq);
    return { resolveActivity: { seq, result: { cancelled: { failure: cancelledFailure } } } };
  }
}

export const cancelledFailure = {
  message: 'Activity cancelled',
  activityFailureInfo: { activityType: { name: 'cancelled' } },
  cause: { message: 'Activity cancelled', canceledFailureInfo: {} },
};

/** Kinds of jobs in the order in which a workflow is told of them. */
export function ordered(jobs: readonly Job[]): Job[] {
  const rank = (job: Job): number => (job.initializeWorkflow ? 0 : job.signalWorkflow || job.doUpdate ? 1 : 2);
  return jobs.toSorted((a, b) => rank(a) - rank(b));
}

/** What must be the same when a history is replayed: the kind of each command and what it names. */
export function signature(command: Command): string {
  const [kind = 'nothing'] = Object.keys(command).filter(
    (key) => !['userMetadata', 'eventGroupMarkers', 'variant'].includes(key),
  );
  const value = (command as Record<string, unknown>)[kind] as Record<string, unknown> | undefined;
  const named = ['seq', 'activityType', 'taskQueue', 'protocolInstanceId', 'patchId', 'workflowType'].flatMap((name) =>
    value?.[name] === undefined || value[name] === '' ? [] : [`${name}=${JSON.stringify(value[name])}`],
  );
  return [kind, ...named].join(' ');
}
