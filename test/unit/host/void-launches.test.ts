/** Launches ordered before their instance was given up: Temporal delivers them again when the agent returns. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { createHostActivities } from '../../../activities/host/index.ts';
import type { HostTaskOrders } from '../../../activities/host/index.ts';
import type { LaunchTasksInput } from '../../../activities/host/types.ts';
import { toColumns } from '../../../model/columns.ts';

const REGISTERED_AT = 10_000;
const input: LaunchTasksInput = {
  clusterName: 'default',
  containerInstanceId: 'i1',
  ownerWorkflowId: 'service/default/web',
  taskDefinitions: { web: { family: 'web', revision: 1, containerDefinitions: [] } as never },
  tasks: toColumns(
    ['t1', 't2'].map((taskId) => ({
      taskId,
      taskArn: taskId,
      taskDefinitionArn: 'web',
      group: 'service:web',
      overrides: {},
    })),
  ),
};

it.each([
  ['before', REGISTERED_AT - 1, ['declines t1', 'declines t2']],
  ['after', REGISTERED_AT, ['launches t1', 'launches t2']],
])('a launch ordered %s the agent registered again', async (_when, scheduledTimestampMs, expected) => {
  const done: string[] = [];
  const tasks: HostTaskOrders = {
    launch: ({ plan }) => void done.push(`launches ${plan.taskId}`),
    decline: (taskId) => done.push(`declines ${taskId}`),
    stop: () => undefined,
  };
  const activities = createHostActivities({
    tasks,
    reporter: { hold: () => ({ take: () => [], release: () => undefined }) },
    session: {
      announce: () => Promise.resolve(),
      isAttended: () => Promise.resolve(true),
      confirm: () => Promise.resolve(true),
      voids: (orderedAt) => orderedAt < REGISTERED_AT,
      unwatched: () => undefined,
    },
    engineIsLost: () => false,
    shutdown: new AbortController().signal,
  });
  await new MockActivityEnvironment({ scheduledTimestampMs }).run(
    (i: LaunchTasksInput) => activities.launchTasks(i),
    input,
  );
  expect(done).toEqual(expected);
});
