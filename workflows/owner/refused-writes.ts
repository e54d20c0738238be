/**
 * A write of an owner that the store refuses for good. Tried again it would be refused again, and the owner would stand still:
 * it is taken apart instead, and what can be kept is kept.
 */
import type { OwnerRecord } from '../../model/owner-record.ts';
import type { TaskPatch } from '../../model/task.ts';

/** One part of a record, and the lesser writes to fall back on, in turn. */
export type Attempts = readonly OwnerRecord[];

/** Each task and each decision alone, then the service's row with all that is written with it only. */
export function takeApart(record: OwnerRecord, why: string): readonly Attempts[] {
  const { tasks, decisions = [], service, rollout, actions, ...rest } = record;
  const nothing = { ...rest, tasks: [], events: [] };
  return [
    ...tasks.map((task): Attempts => [
      { ...nothing, tasks: [task] },
      { ...nothing, tasks: [bareOf(task, why)] },
    ]),
    ...decisions.map((decision): Attempts => [{ ...nothing, decisions: [decision] }]),
    ...(service ? [serviceAttempts({ ...rest, tasks: [], service, ...(rollout ? { rollout } : {}) }, actions)] : []),
  ];
}

function serviceAttempts(record: OwnerRecord, actions: OwnerRecord['actions']): Attempts {
  const { rollout: _rollout, ...row } = { ...record, events: [] };
  return [...(actions ? [{ ...record, actions }] : []), record, { ...record, events: [] }, row];
}

/** What a task's capacity and its owner depend on. */
function bareOf({ taskId, version, changes }: TaskPatch, why: string): TaskPatch {
  const { lastStatus, desiredStatus, stopCode, stoppedReason } = changes;
  return {
    taskId,
    version,
    changes: {
      ...(lastStatus === undefined ? {} : { lastStatus }),
      ...(desiredStatus === undefined ? {} : { desiredStatus }),
      ...(stopCode === undefined ? {} : { stopCode }),
      ...(stoppedReason === undefined ? {} : { stoppedReason: why }),
    },
  };
}
