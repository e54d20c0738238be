/**
 * Repeats a completed workflow task in a run that is being replayed: its commands have no effect, and the answers are
 * known.
 */
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
  /** In the order in which they ended, which is the order of their markers. */
  readonly locals: ReadonlyMap<number, LocalResult>;
  readonly commands: readonly string[];
  readonly flags: readonly number[];
  readonly patchIds: readonly string[];
}

/** Local activities that the workflow waits for, by their numbers. */
type LocalsUnderWay = Map<number, Command>;

/**
 * Repeats the workflow task and returns how it differs from the recorded one, or undefined. `localsUnderWay` is the
 * state at this point of the history; it is brought up to the end of the workflow task.
 */
export async function replayTask(
  session: WorkflowSession,
  done: DoneTask,
  localsUnderWay: LocalsUnderWay,
): Promise<string | undefined> {
  const markers = new Markers(done, localsUnderWay);
  const commands: Command[] = [];
  // As in core, what a workflow task found out about versions is known before it is repeated.
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

/**
 * The recorded answers of a workflow task. As core does, gives them out in their order, each once the workflow has
 * called for it.
 */
class Markers {
  readonly #left: [number, LocalResult][];
  readonly #underWay: LocalsUnderWay;
  #mistaken: string | undefined;
  /** The workflow's time at this point. */
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
        this.#mistaken ??= `local activity ${seq} was ${activityType}, but is now ${called.activityType ?? 'nothing'}`;
      this.#left.shift();
      this.#underWay.delete(seq);
      this.at = Math.max(this.at, at);
      jobs.push({ resolveActivity: { seq, isLocal: true, result } });
    }
    return jobs;
  }

  get difference(): string | undefined {
    const [left] = this.#left;
    return this.#mistaken ?? (left && `nothing calls local activity ${left[0]} (${left[1].activityType})`);
  }
}

/** Shows both lists from shortly before the first command that differs; undefined if all are the same. */
function describeDifference(first: readonly string[], again: readonly string[]): string | undefined {
  const place = Array.from({ length: Math.max(first.length, again.length) }).findIndex((_, i) => again[i] !== first[i]);
  if (place < 0) return undefined;
  const shown = (list: readonly string[]): string => list.slice(Math.max(place - 2, 0)).join(', ');
  return `first [${shown(first)}], again [${shown(again)}]`;
}
