/** What GetTaskProtection and UpdateTaskProtection share: which tasks can be protected, and how their protection is shown. */
import type { Failure, ProtectedTask } from '@aws-sdk/client-ecs';
import { taskArn } from '../../../model/arn.ts';
import type { Task } from '../../../model/task.ts';
import type { EpochMs } from '../../../model/time.ts';
import type { OperationContext } from '../../operation.ts';
import { toDate } from '../present/dates.ts';
import { missing } from '../present/failure.ts';
import { resolveTaskId } from '../rules/identifiers.ts';
import { resolveClusterName } from '../rules/clusters.ts';

export interface NamedTasks {
  readonly clusterName: string;
  /** Each once, in the order named. */
  readonly taskIds: readonly string[];
  readonly arnOf: (taskId: string) => string;
}

export function namedTasks(
  input: { readonly cluster?: string | undefined; readonly tasks?: readonly string[] | undefined },
  context: Pick<OperationContext, 'partition'>,
): NamedTasks {
  const clusterName = resolveClusterName(input.cluster, context);
  const { partition } = context;
  const ids = (input.tasks ?? []).map((task) => resolveTaskId(task, { clusterName, partition }));
  return { clusterName, taskIds: [...new Set(ids)], arnOf: (taskId) => taskArn(partition, clusterName, taskId) };
}

const NO_SERVICE = 'The task is not part of an Amazon ECS service.';
const STOPPED = 'The task has stopped.';

/** A service's tasks that have not stopped, and the failures of the others. */
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

/** A protection that has ended shows no date. */
export const presentProtection = (arn: string, protectedUntil: EpochMs, now: EpochMs): ProtectedTask => ({
  taskArn: arn,
  protectionEnabled: protectedUntil > now,
  expirationDate: protectedUntil > now ? toDate(protectedUntil) : undefined,
});
