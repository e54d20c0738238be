/** Reads tasks from the store, as the API shows them. */
import type { Task as WireTask } from '@aws-sdk/client-ecs';
import { presentTask } from '../../../model/wire/task.ts';
import type { DescribedTask } from '../../../model/task.ts';
import { defined } from '../../../model/defined.ts';
import type { OperationContext } from '../../operation.ts';
import { cpuArchitecturesOf } from './cpu-architectures.ts';

/** The tasks in the given order, each with the CPU architecture of its instance. */
export async function describeTasksOf(
  context: Pick<OperationContext, 'store' | 'partition'>,
  clusterName: string,
  tasks: readonly DescribedTask[],
  options: { readonly includeTags: boolean },
): Promise<WireTask[]> {
  const architectures = await cpuArchitecturesOf(context.store, clusterName, tasks);
  return tasks.map((task) => {
    const cpuArchitecture = architectures.get(task.containerInstanceId ?? '');
    return presentTask(task, context.partition, {
      ...options,
      ...defined({ agentConnected: task.agentConnected, cpuArchitecture }),
    });
  });
}

/** The tasks that exist, in the order of the ids. */
export async function readTasks(
  context: Pick<OperationContext, 'store'>,
  clusterName: string,
  taskIds: readonly string[],
): Promise<DescribedTask[]> {
  if (taskIds.length === 0) return [];
  const byId = new Map((await context.store.getTasks(clusterName, taskIds)).map((task) => [task.taskId, task]));
  return taskIds.flatMap((id) => byId.get(id) ?? []);
}
