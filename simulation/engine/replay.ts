/** A workflow task that was done before, told once more to a run that is read again: nothing is set off, answers are known. */
import type { EpochMs } from '../../model/time.ts';
import { asSent, ordered } from './core-rules.ts';
import type { Command, Job } from './sandbox.ts';
import { signature, type WorkflowSession } from './session.ts';

type Resolution = NonNullable<NonNullable<Job['resolveActivity']>['result']>;

/** What a local activity answered. */
export interface LocalResult {
  readonly activityType: string;
  readonly result: Resolution;
  readonly at: EpochMs;
}

/** A completed workflow task: enough to replay it. */
export interface DoneTask {
  readonly jobs: readonly Job[];
  readonly at: EpochMs;
  readonly historyLength: number;
  readonly continueAsNewSuggested: boolean;
  /** In the order in which they ended, which is that of their markers. */
  readonly locals: ReadonlyMap<number, LocalResult>;
  readonly commands: readonly string[];
  readonly flags: readonly number[];
  readonly patchIds: readonly string[];
}

/** By their numbers, local activities that the workflow waits for. */
type LocalsUnderWay = Map<number, Command>;

/**
 * Does the task again; answers how it differs from what was recorded, or undefined. `localsUnderWay` stands at this point of
 * the history, and is brought up to the task's end.
 */
export async function replayTask(
  session: WorkflowSession,
  done: DoneTask,
  localsUnderWay: LocalsUnderWay,
): Promise<string | undefined> {
  const markers = new Markers(done, localsUnderWay);
  const commands: Command[] = [];
  // As core: what a task found out about versions is known before it is done again.
  let next: Job[] = [
    ...done.patchIds.map((patchId) => ({ notifyHasPatch: { patchId } })),
    ...done.jobs.filter(({ resolveActivity }) => !resolveActivity || session.awaits(resolveActivity.seq ?? 0)),
    ...markers.take(),
  ];
  while (next.length > 0) {
    const step = await session.step(ordered(next), { ...done, at: markers.at, isReplaying: true });
    for (const command of step.commands) {
      const local = command.scheduleLocalActivity;
      if (local) localsUnderWay.set(local.seq ?? 0, command);
      else if (!command.requestCancelLocalActivity) commands.push(command);
    }
    next = [...step.immediate, ...markers.take()];
  }
  session.taskEnds();
  return markers.difference ?? describeDifference(done.commands, asSent(commands).map(signature));
}

/** The answers that a task recorded. Core gives them out in their order, each when the workflow has called for it. */
class Markers {
  readonly #left: [number, LocalResult][];
  readonly #underWay: LocalsUnderWay;
  #mistaken: string | undefined;
  /** The workflow's time. */
  at: EpochMs;

  constructor(done: DoneTask, underWay: LocalsUnderWay) {
    this.#left = [...done.locals];
    this.#underWay = underWay;
    this.at = done.at;
  }

  take(): readonly Job[] {
    const jobs: Job[] = [];
    for (let next = this.#left[0]; next; next = this.#left[0]) {
      const [seq, { activityType, result, at }] = next;
      const called = this.#underWay.get(seq)?.scheduleLocalActivity;
      if (!called) break;
      if (called.activityType !== activityType)
        this.#mistaken ??= `local activity ${seq} was ${activityType}, and is ${called.activityType ?? 'nothing'}`;
      this.#left.shift();
      this.#underWay.delete(seq);
      this.at = Math.max(this.at, at);
      jobs.push({ resolveActivity: { seq, isLocal: true, result } });
    }
    return jobs;
  }

  get difference(): string | undefined {
    const [left] = this.#left;
    return this.#mistaken ?? (left && `nothing calls local activity ${left[0]}, ${left[1].activityType}`);
  }
}

/** From shortly before the first command that is another; undefined when all are the same. */
function describeDifference(first: readonly string[], again: readonly string[]): string | undefined {
  const place = Array.from({ length: Math.max(first.length, again.length) }).findIndex((_, i) => again[i] !== first[i]);
  if (place < 0) return undefined;
  const shown = (list: readonly string[]): string => list.slice(Math.max(place - 2, 0)).join(', ');
  return `first [${shown(first)}], again [${shown(again)}]`;
}
