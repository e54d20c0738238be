/** What agents ask, said to the workflows of the instance and of its tasks' owners: by an agent beside Temporal, and by the agent door for the others. */
import { ApplicationFailure } from '@temporalio/common';
import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { InstanceRefused, type InstanceControl, type InstanceName } from '../model/agent-calls.ts';
import { CONTROL_TASK_QUEUE } from '../model/container-instance.ts';
import type { ExpectedWork, InstanceRegistration } from '../model/container-instance.ts';
import { allowedIn, type TaskGuards, UNGUARDED } from '../model/task-guards.ts';
import { CONTAINER_INSTANCE_WORKFLOW, containerInstanceWorkflowId } from '../model/workflow-ids.ts';
import type { ContainerInstanceWorkflowInput } from '../workflows/messages.ts';
import { agentAttendsSignal, instanceQuery, registerInstanceUpdate, taskReportsSignal } from '../workflows/messages.ts';

const handleOf = (client: Client, { clusterName, containerInstanceId }: InstanceName) =>
  client.workflow.getHandle(containerInstanceWorkflowId(clusterName, containerInstanceId));

interface DirectControlOptions {
  /** Bounds each call. Absent: a call waits for as long as it takes. */
  readonly timeoutMs?: number;
  /** What agents are told that tasks may do. Absent: anything. */
  readonly guards?: TaskGuards;
}

export function directControl(
  client: Client,
  { timeoutMs, guards = UNGUARDED }: DirectControlOptions = {},
): InstanceControl {
  const within = <T>(call: () => Promise<T>): Promise<T> =>
    timeoutMs === undefined ? call() : client.withDeadline(Date.now() + timeoutMs, call);
  return {
    register: async (registration) => ({
      ...(await within(() => register(client, registration))),
      allowed: allowedIn(guards, registration.clusterName),
    }),
    announce: (instance) =>
      within(() => handleOf(client, instance).signal(agentAttendsSignal, { sessionId: instance.sessionId })),
    async isAttended(instance) {
      const { attendedSession } = await within(() => handleOf(client, instance).query(instanceQuery));
      return attendedSession === instance.sessionId;
    },
    async isRegistered(instance) {
      const { status } = await within(() => handleOf(client, instance).describe());
      return status.name !== 'COMPLETED';
    },
    async sendReports(ownerWorkflowId, reports) {
      try {
        await within(() => client.workflow.getHandle(ownerWorkflowId).signal(taskReportsSignal, reports));
        return 'delivered';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'gone';
        throw error;
      }
    },
  };
}

async function register(client: Client, registration: InstanceRegistration): Promise<ExpectedWork> {
  const { clusterName, containerInstanceId } = registration;
  const input: ContainerInstanceWorkflowInput = { clusterName, containerInstanceId };
  const startWorkflowOperation = new WithStartWorkflowOperation(CONTAINER_INSTANCE_WORKFLOW, {
    workflowId: containerInstanceWorkflowId(clusterName, containerInstanceId),
    taskQueue: CONTROL_TASK_QUEUE,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
  });
  try {
    return await client.workflow.executeUpdateWithStart(registerInstanceUpdate, {
      startWorkflowOperation,
      args: [registration],
    });
  } catch (error) {
    // The workflow's refusals are ApplicationFailures.
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
      throw new InstanceRefused(error.cause.message, { cause: error });
    throw error;
  }
}
