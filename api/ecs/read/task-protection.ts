/** Finds out which of a call's tasks can be protected. */
import type { Failure } from '@aws-sdk/client-ecs';
import type { Task } from '../../../model/task.ts';
import { missing } from '../present/failure.ts';
import type { NamedTasks } from '../rules/named-tasks.ts';

const NO_SERVICE = 'The task is not part of an Amazon ECS service.';
const STOPPED = 'The task has stopped.';

/** Splits the tasks into service tasks that have not stopped, and failures. */
export function sortTasks(
  { taskIds, arnOf }: NamedTasks,
  found: readonly Task[],
): { readonly valid: readonly Task[]; readonly failures: Failure[] } {
  const byId = new Map(found.map((task) => [task.taskId, task]));
  const valid: Task[] = [];
  const failures: Failure[] = [];
  for (const taskId of taskIds) {
    const task = byId.get(taskId);
    const invalid = (detail: string): Failure => ({ arn: arnOf(taskId), reason: 'TASK_NOT_VALID', detail });
    if (task === undefined) failures.push(missing(arnOf(taskId)));
    else if (task.serviceName === undefined) failures.push(invalid(NO_SERVICE));
    else if (task.lastStatus === 'STOPPED') failures.push(invalid(STOPPED));
    else valid.push(task);
  }
  return { valid, failures };
}
