/** The GetTaskProtection operation. */
import type { GetTaskProtectionRequest, GetTaskProtectionResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { both } from '../../read/both.ts';
import { readTasks } from '../../read/tasks.ts';
import { checkBatch } from '../../rules/identifiers.ts';
import { requireCluster } from '../../read/clusters.ts';
import { namedTasks } from '../../rules/named-tasks.ts';
import { presentProtection } from '../../present/task-protection.ts';
import { sortTasks } from '../../read/task-protection.ts';

const MOST_TASKS = 100;

/** Returns the protection of each task. Tasks that cannot be protected or do not exist are in `failures`. */
export const getTaskProtection: Operation<GetTaskProtectionRequest, GetTaskProtectionResponse> = {
  name: 'GetTaskProtection',
  effect: 'reads',
  async handle(input, context) {
    checkBatch('Tasks', input.tasks ?? [], MOST_TASKS);
    const named = namedTasks(input, context);
    const [, found] = await both(
      requireCluster(context, input.cluster),
      readTasks(context, named.clusterName, named.taskIds),
    );
    const { valid, failures } = sortTasks(named, found);
    const now = Date.now();
    return {
      protectedTasks: valid.map(({ taskId, protectedUntil = 0 }) =>
        presentProtection(named.arnOf(taskId), protectedUntil, now),
      ),
      failures,
    };
  },
};
