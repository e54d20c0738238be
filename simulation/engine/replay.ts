/** A workflow task that was done before, told once more to a run that is read again: nothing is set off, answers are known. */
import type { EpochMs } from '../../model/time.ts';
import type { Command, Job } from './sandbox.ts';
import { signature, type WorkflowSession } from './session.ts';

type Resolution = NonNullable<NonNullable<Job['resolveActivity']>['result']>;

/** What a local activity answered. */
export interface LocalResult {
  readonly result: Resolution;
  readonly at: EpochMs;
}

/** A completed workflow task: enough to replay it. */
export interface DoneTask {
  readonly jobs: readonly Job[];
  readonly at: EpochMs;
  readonly historyLength: number;
  readonly continueAsNewSuggested: boolean;
  readonly locals: ReadonlyMap<number, LocalResult>;
  readonly commands: readonly string[];
  readonly flags: readonly number[];
  readonly patchIds: readonly string[];
}

/** The answer, unless the activity was cancelled: the workflow learns of that when it has asked for it. */
const answerOf = (seq: number, { result }: LocalResult): readonly Job[] =>
  result.cancelled ? [] : [{ resolveActivity: { seq, isLocal: true, result } }];

/**
 * Does the task again; answers the signatures of its commands. `localsUnderWay`: local activities that the workflow waits
 * for at this point of its history, brought up to the task's end.
 */
export async function replayTask(
  session: WorkflowSession,
  done: DoneTask,
  localsUnderWay: Map<number, Command>,
): Promise<readonly string[]> {
  const commands: string[] = [];
  const earlier = [...localsUnderWay.keys()].flatMap((seq) => {
    const found = done.locals.get(seq);
    return found ? answerOf(seq, found) : [];
  });
  for (const { resolveActivity } of earlier) localsUnderWay.delete(resolveActivity?.seq ?? 0);
  // As the SDK's core: what a step found out about versions is known before it is done again.
  let next: Job[] = [
    ...done.patchIds.map((patchId) => ({ notifyHasPatch: { patchId } })),
    ...done.jobs.filter(({ resolveActivity }) => !resolveActivity || session.awaits(resolveActivity.seq ?? 0)),
    ...earlier,
  ];
  let at = done.at;
  while (next.length > 0) {
    const step = await session.step(next, { ...done, at, isReplaying: true });
    next = [];
    for (const [i, command] of step.commands.entries()) {
      const local = command.scheduleLocalActivity;
      const found = local ? done.locals.get(local.seq ?? 0) : undefined;
      if (local && found) {
        next.push(...answerOf(local.seq ?? 0, found));
        at = Math.max(at, found.at);
      } else if (local) localsUnderWay.set(local.seq ?? 0, command);
      else if (!command.requestCancelLocalActivity) commands.push(signature(command));
      const immediate = step.immediate.find((found) => found.command === i);
      if (!immediate) continue;
      localsUnderWay.delete(immediate.job.resolveActivity?.seq ?? 0);
      next.push(immediate.job);
    }
  }
  return commands;
}

/** From shortly before the first command that is another; undefined when all are the same. */
export function describeDifference(first: readonly string[], again: readonly string[]): string | undefined {
  if (first.length === again.length && first.every((command, i) => command === again[i])) return undefined;
  const place = again.findIndex((command, i) => command !== first[i]);
  const shown = (list: readonly string[]): string => list.slice(Math.max(place - 2, 0)).join(', ');
  return `first [${shown(first)}], again [${shown(again)}]`;
}
