/** What news of a container instance means for the tasks of any owner: what follows from it, what it ends, what is ordered again. */
import type { InstanceNotice } from '../../model/owner-signals.ts';
import type { DecisionCause, DecisionDraft } from '../../model/decision.ts';
import type { EpochMs } from '../../model/time.ts';
import { loseTasks, orderAgain, stopTasks, type ChangedTasks } from './change-tasks.ts';
import { onInstance, type OwnedTask, type StopReason, type Tasks } from './owned-task.ts';

/** Tasks that leave an instance after the notice of a spot interruption stop with ECS's code and words. */
export const SPOT_INTERRUPTION = {
  stopCode: 'SpotInterruption',
  stoppedReason: 'Your Spot Task was interrupted.',
} as const satisfies StopReason;

/** The call behind it first. */
export const noticeCauses = ({ cause, kind, containerInstanceId }: InstanceNotice): readonly DecisionCause[] => [
  ...(cause === undefined ? [] : [cause]),
  { kind: 'notice', notice: kind, containerInstanceId },
];

/** The record of the tasks that the notice ends; `on`: those on the instance. Undefined when it ends none. */
export function noticeStops(notice: InstanceNotice, on: readonly OwnedTask[]): DecisionDraft | undefined {
  const { containerInstanceId, kind } = notice;
  if (kind !== 'lost' && kind !== 'interrupted') return undefined;
  const ended = kind === 'lost' ? on : on.filter((task) => task.desiredStatus === 'RUNNING');
  if (ended.length === 0) return undefined;
  const stoppedReason = kind === 'lost' ? (notice.stoppedReason ?? '') : SPOT_INTERRUPTION.stoppedReason;
  return {
    reasons: [{ reason: kind === 'lost' ? 'instanceGone' : 'spotInterrupted', count: ended.length }],
    tasks: ended.map(({ taskId }) => ({ taskId, containerInstanceId })),
    facts: { stoppedReason },
  };
}

/** The tasks after an instance is lost, interrupted, or its agent is back; draining and active are the owner's own affair. */
export function noticeTasks<T extends OwnedTask>(
  tasks: Tasks<T>,
  notice: InstanceNotice,
  now: EpochMs,
): ChangedTasks<T> {
  const { containerInstanceId, kind } = notice;
  const on = onInstance(tasks, containerInstanceId);
  const taskIds = on.map(({ taskId }) => taskId);
  const forget = { kind: 'forget', containerInstanceId } as const;
  switch (kind) {
    case 'returned':
      return { tasks, effects: [forget, ...orderAgain(on)] };
    case 'interrupted':
      return stopTasks(
        tasks,
        taskIds.map((taskId) => ({ taskId, reason: SPOT_INTERRUPTION })),
        now,
      );
    case 'lost': {
      const { stopCode = 'TerminationNotice', stoppedReason = '' } = notice;
      const lost = loseTasks(tasks, taskIds, { stopCode, stoppedReason }, now);
      return { tasks: lost.tasks, effects: [forget, ...lost.effects] };
    }
    case 'draining':
    case 'active':
      return { tasks, effects: [] };
  }
}
