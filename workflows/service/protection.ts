/** What UpdateTaskProtection does to the tasks of a service. */
import type { ServiceDefinition } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import { decideProtection } from '../../scheduler/service/protection.ts';
import type { ProtectTasksCommand, ProtectTasksOutcome } from '../messages.ts';
import type { OwnedTasks } from '../owner/owned-tasks.ts';
import type { ServiceOwnedTask } from '../state.ts';

const NO_SCALE_IN = 'Tasks of a DAEMON service are not scaled in.';

/** Sets or ends the protection; what is answered is on its way to the store. */
export function protectTasks(
  owned: OwnedTasks<ServiceOwnedTask>,
  { schedulingStrategy, desiredCount }: ServiceDefinition,
  { command: { taskIds, protectForMs }, now }: { readonly command: ProtectTasksCommand; readonly now: EpochMs },
): ProtectTasksOutcome {
  if (schedulingStrategy === 'DAEMON') {
    const refused = { reason: 'TASK_NOT_VALID', detail: NO_SCALE_IN };
    return { tasks: [], failures: taskIds.map((taskId) => ({ taskId, ...refused })) };
  }
  const until = protectForMs === undefined ? {} : { protectedUntil: now + protectForMs };
  const { accepted, failures } = decideProtection(
    { taskIds, ...until },
    { tasks: owned.all, desired: desiredCount, now },
  );
  const { protectedUntil = 0 } = until;
  for (const taskId of accepted) owned.amend(taskId, { protectedUntil });
  return { tasks: accepted.map((taskId) => ({ taskId, protectedUntil })), failures };
}
