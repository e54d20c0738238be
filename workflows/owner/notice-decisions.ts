/** What news of an instance means for the record: what it follows from, and which tasks it ends. */
import type { DecisionCause, DecisionDraft } from '../../model/decision.ts';
import { SPOT_INTERRUPTION } from '../../scheduler/reconcile/spot-interruption.ts';
import type { InstanceNotice } from '../messages.ts';
import type { OwnedTask } from './owned-tasks.ts';

/** The call behind it first. */
export const noticeCauses = ({ cause, kind, containerInstanceId }: InstanceNotice): readonly DecisionCause[] => [
  ...(cause === undefined ? [] : [cause]),
  { kind: 'notice', notice: kind, containerInstanceId },
];

/** Of the tasks on the instance: those that this ends. Undefined when it ends none. */
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
