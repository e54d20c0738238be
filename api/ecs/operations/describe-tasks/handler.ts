/** The DescribeTasks operation. */
import type { DescribeTasksRequest, DescribeTasksResponse } from '@aws-sdk/client-ecs';
import { taskArn } from '../../../../model/arn.ts';
import type { Operation } from '../../../operation.ts';
import { missing } from '../../present/failure.ts';
import { both } from '../../read/both.ts';
import { describeTasksOf, readTasks } from '../../read/tasks.ts';
import { checkBatch, resolveTaskId } from '../../rules/identifiers.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';

const MOST_TASKS = 100;

/** Returns the tasks that exist, in the requested order. The others are in `failures` as MISSING. */
export const describeTasks: Operation<DescribeTasksRequest, DescribeTasksResponse> = {
  name: 'DescribeTasks',
  effect: 'reads',
  async handle(input, context) {
    const identifiers = input.tasks ?? [];
    checkBatch('Tasks', identifiers, MOST_TASKS);
    const clusterName = resolveClusterName(input.cluster, context);
    const { partition } = context;
    const ids = [...new Set(identifiers.map((task) => resolveTaskId(task, { clusterName, partition })))];
    const [, tasks] = await both(requireCluster(context, input.cluster), readTasks(context, clusterName, ids));
    const found = new Set(tasks.map((task) => task.taskId));
    return {
      tasks: await describeTasksOf(context, clusterName, tasks, {
        includeTags: input.include?.includes('TAGS') ?? false,
      }),
      failures: ids.filter((id) => !found.has(id)).map((id) => missing(taskArn(partition, clusterName, id))),
    };
  },
};
