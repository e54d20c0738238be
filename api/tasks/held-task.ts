/** The task for which an instance asks: only one that it holds, and that has not stopped. */
import type { InstanceName } from '../../model/agent-calls.ts';
import { type Partition, taskArn } from '../../model/arn.ts';
import { TaskCallRefused, type TaskName } from '../../model/task-calls.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import { executionRole, taskRole } from '../../model/task-grants.ts';
import type { Task } from '../../model/task.ts';
import type { Store } from '../../store/contract/store.ts';

export interface HeldTask {
  readonly arn: string;
  readonly task: Task;
  readonly definition: TaskDefinition;
  /** Names or ARNs, of the overrides or of the definition. */
  readonly roles: { readonly task: string | undefined; readonly execution: string | undefined };
}

/** The instance does not hold the task: whoever asks is mistaken, or hostile. */
export class NotHeld extends TaskCallRefused {
  constructor({ taskId }: TaskName) {
    super(`This container instance does not hold the task ${taskId}.`);
  }
}

/** Throws TaskCallRefused, of which NotHeld is one. */
export async function heldTask(
  {
    store,
    partition,
  }: { readonly store: Pick<Store, 'getTasks' | 'getTaskDefinition'>; readonly partition: Partition },
  { clusterName, containerInstanceId }: InstanceName,
  name: TaskName,
): Promise<HeldTask> {
  if (name.clusterName !== clusterName) throw new NotHeld(name);
  const [task] = await store.getTasks(clusterName, [name.taskId]);
  if (task?.containerInstanceId !== containerInstanceId) throw new NotHeld(name);
  if (task.lastStatus === 'STOPPED') throw new TaskCallRefused(`The task ${task.taskId} has stopped.`);
  const found = await store.getTaskDefinition(task.family, task.revision);
  if (found === undefined) throw new TaskCallRefused(`The task definition ${task.taskDefinitionArn} is gone.`);
  const { definition } = found;
  const { overrides } = task;
  return {
    arn: taskArn(partition, clusterName, task.taskId),
    task,
    definition,
    roles: { task: taskRole(definition, overrides), execution: executionRole(definition, overrides) },
  };
}
