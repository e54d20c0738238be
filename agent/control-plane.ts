/** How the agent reaches the control plane: always through Temporal, with outbound connections only. */
import { WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { SendReports } from '../activities/host/reporter.ts';
import { CONTROL_TASK_QUEUE } from '../model/container-instance.ts';
import type { ExpectedWork, InstanceRegistration } from '../model/container-instance.ts';
import type { ContainerInstanceWorkflowInput } from '../workflows/messages.ts';
import { CONTAINER_INSTANCE_WORKFLOW, containerInstanceWorkflowId } from '../model/workflow-ids.ts';
import { agentAttendsSignal, registerInstanceUpdate, taskReportsSignal } from '../workflows/messages.ts';

/** Registers the instance, new or known. Resolves to the tasks that the control plane expects on it. */
export async function registerInstance(client: Client, registration: InstanceRegistration): Promise<ExpectedWork> {
  const { clusterName, containerInstanceId } = registration;
  const input: ContainerInstanceWorkflowInput = { clusterName, containerInstanceId };
  const startWorkflowOperation = new WithStartWorkflowOperation(CONTAINER_INSTANCE_WORKFLOW, {
    workflowId: containerInstanceWorkflowId(clusterName, containerInstanceId),
    taskQueue: CONTROL_TASK_QUEUE,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
  });
  return client.workflow.executeUpdateWithStart(registerInstanceUpdate, {
    startWorkflowOperation,
    args: [registration],
  });
}

/** Tells the instance's workflow that this agent has reconciled its tasks and takes work. */
export async function announceAgent(
  client: Client,
  instance: ContainerInstanceWorkflowInput & { readonly sessionId: string },
): Promise<void> {
  const handle = client.workflow.getHandle(
    containerInstanceWorkflowId(instance.clusterName, instance.containerInstanceId),
  );
  await handle.signal(agentAttendsSignal, { sessionId: instance.sessionId });
}

/** False when the instance was deregistered, which ends its workflow. */
export async function isRegistered(client: Client, instance: ContainerInstanceWorkflowInput): Promise<boolean> {
  const id = containerInstanceWorkflowId(instance.clusterName, instance.containerInstanceId);
  const { status } = await client.workflow.getHandle(id).describe();
  return status.name !== 'COMPLETED';
}

/** Sends reports to the current run of the owner's workflow. */
export const reportSender =
  (client: Client): SendReports =>
  async (ownerWorkflowId, reports) => {
    try {
      await client.workflow.getHandle(ownerWorkflowId).signal(taskReportsSignal, reports);
      return 'delivered';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      throw error;
    }
  };
