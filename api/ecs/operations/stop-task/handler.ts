/** The StopTask operation. */
import type { StopTaskRequest, StopTaskResponse } from '@aws-sdk/client-ecs';
import type { Task } from '../../../../model/task.ts';
import type { Operation, OperationContext } from '../../../operation.ts';
import { both } from '../../read/both.ts';
import { describeTasksOf, readTasks } from '../../read/tasks.ts';
import { resolveTaskId } from '../../rules/identifiers.ts';
import { invalid } from '../../rules/refusals.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';

const DEFAULT_REASON = 'Task stopped by user';
const MOST_REASON_CHARACTERS = 1024;

/**
 * Asks the task's owner to stop it, and answers with the task at once. Stopping a task that is already stopping changes
 * nothing.
 */
export const stopTask: Operation<StopTaskRequest, StopTaskResponse> = {
  name: 'StopTask',
  effect: 'frees',
  async handle(input, context) {
    const { reason } = input;
    if (reason !== undefined && reason.length > MOST_REASON_CHARACTERS) {
      throw invalid(`reason can have at most ${MOST_REASON_CHARACTERS} characters.`);
    }
    const clusterName = resolveClusterName(input.cluster, context);
    const taskId = resolveTaskId(input.task ?? '', { clusterName, partition: context.partition });
    const [, found] = await both(requireCluster(context, input.cluster), readTasks(context, clusterName, [taskId]));
    const [before] = found;
    if (before === undefined) throw invalid('The referenced task was not found.');
    const task = before.desiredStatus === 'STOPPED' ? before : await stop(before, reason, context);
    const [described] = await describeTasksOf(context, clusterName, [task], { includeTags: true });
    return described === undefined ? {} : { task: described };
  },
};

async function stop(task: Task, reason: string | undefined, context: OperationContext): Promise<Task> {
  const given = reason === undefined || reason === '' ? DEFAULT_REASON : reason;
  await context.workflows.stopTask(task.ownerWorkflowId, { taskId: task.taskId, reason: given });
  const [after] = await readTasks(context, task.clusterName, [task.taskId]);
  return after ?? task;
}
