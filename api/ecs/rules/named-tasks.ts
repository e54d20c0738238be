/** Reads the tasks that a call on protection names. */
import { taskArn } from '../../../model/arn.ts';
import type { OperationContext } from '../../operation.ts';
import { resolveClusterName } from './clusters.ts';
import { resolveTaskId } from './identifiers.ts';

export interface NamedTasks {
  readonly clusterName: string;
  /** Each id once, in the order of the request. */
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
