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
import { CONTAINER_INSTANCE_WORKFLOW, containerInstanceWorkflowId } from '../model/workflow-ids.ts';
import type { ContainerInstanceWorkflowInput } from '../workflows/messages.ts';
import { agentAttendsSignal, registerInstanceUpdate, taskReportsSignal } from '../workflows/messages.ts';

const handleOf = (client: Client, { clusterName, containerInstanceId }: InstanceName) =>
  client.workflow.getHandle(containerInstanceWorkflowId(clusterName, containerInstanceId));

export const directControl = (client: Client): InstanceControl => ({
  async register(registration) {
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
  },

  async announce(instance) {
    await handleOf(client, instance).signal(agentAttendsSignal, { sessionId: instance.sessionId });
  },

  async isRegistered(instance) {
    const { status } = await handleOf(client, instance).describe();
    return status.name !== 'COMPLETED';
  },

  async sendReports(ownerWorkflowId, reports) {
    try {
      await client.workflow.getHandle(ownerWorkflowId).signal(taskReportsSignal, reports);
      return 'delivered';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      throw error;
    }
  },
});
