/** Orders for container instances: a workflow whose only command is an activity on an instance's task queue, without a worker. */
import { randomUUID } from 'node:crypto';
import type { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';
import { instanceTaskQueue } from '../../../model/container-instance.ts';

const { CommandType, EventType } = proto.temporal.api.enums.v1;

/** For no tasks. */
const INPUT = {
  tasks: { rows: 0, columns: {} },
  taskDefinitions: {},
  ownerWorkflowId: 'run-task/default/t',
  sessionId: 's',
};

type Temporal = Client & { connection: Connection };

export interface Order {
  readonly workflowId: string;
  /** The events of the workflow so far. */
  events(): Promise<readonly temporal.api.history.v1.IHistoryEvent[]>;
  /** Asks Temporal to cancel what was ordered. The agent learns it from the answer to its next heartbeat. */
  cancel(): Promise<void>;
  /** The event of that kind, such as EVENT_TYPE_ACTIVITY_TASK_STARTED; undefined if there is none. */
  find(kind: keyof typeof EventType): Promise<temporal.api.history.v1.IHistoryEvent | undefined>;
}

/** Orders the instance something. Temporal hands the order to whoever polls the instance's queue. */
export async function order(
  temporal: Temporal,
  containerInstanceId: string,
  what: 'launchTasks' | 'attendInstance' = 'launchTasks',
): Promise<Order> {
  const { workflowService } = temporal.connection;
  const queue = randomUUID();
  const handle = await temporal.workflow.start('order', { workflowId: queue, taskQueue: queue });
  const namespace = 'default';
  const { taskToken } = await temporal.withDeadline(Date.now() + 60_000, () =>
    workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: queue } }),
  );
  const seconds = (count: number) => ({ seconds: count as never });
  await workflowService.respondWorkflowTaskCompleted({
    namespace,
    taskToken: taskToken,
    commands: [
      {
        commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
        scheduleActivityTaskCommandAttributes: {
          activityId: 'order',
          activityType: { name: what },
          input: { payloads: [defaultPayloadConverter.toPayload(INPUT)] },
          taskQueue: { name: instanceTaskQueue(containerInstanceId) },
          startToCloseTimeout: seconds(60),
          heartbeatTimeout: seconds(30),
          retryPolicy: { maximumAttempts: 1 },
        },
      },
    ],
  });
  const cancel = async (): Promise<void> => {
    await handle.signal('cancel');
    const task = await temporal.withDeadline(Date.now() + 60_000, () =>
      workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: queue } }),
    );
    const ordered = (await events()).find(
      ({ eventType }) => eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    );
    await workflowService.respondWorkflowTaskCompleted({
      namespace,
      taskToken: task.taskToken,
      commands: [
        {
          commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK,
          requestCancelActivityTaskCommandAttributes: { scheduledEventId: ordered?.eventId ?? null },
        },
      ],
    });
  };
  const events = async () => (await handle.fetchHistory()).events ?? [];
  return {
    workflowId: queue,
    events,
    cancel,
    find: async (kind) => (await events()).find(({ eventType }) => eventType === EventType[kind]),
  };
}
