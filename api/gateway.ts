/**
 * The API's access to workflows. Each call resolves once the change is recorded. Implemented over the Temporal client.
 */
import type {
  ContinueServiceDeploymentCommand,
  ChangeTaskSetCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  ProtectTasksCommand,
  ProtectTasksOutcome,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  UpdateAgentCommand,
  UpdateServiceCommand,
} from '../model/commands.ts';
import type { RunTaskCommand, RunTaskOutcome } from '../workflows/messages.ts';
import type { CallCause } from '../model/decision.ts';
import type { InstanceRegistration } from '../model/container-instance.ts';

/**
 * Rejects with the EcsError that a workflow refused with, or with ServiceUnavailable and advice if Temporal is out of
 * reach.
 */
export interface WorkflowGateway {
  /** The same gateway, whose commands name the API call that they come from. */
  forCall(cause: CallCause): WorkflowGateway;
  createService(command: CreateServiceCommand): Promise<{ incarnation: string }>;
  /** Rejects with ServiceNotFoundException if the service's workflow is gone. */
  updateService(cluster: string, service: string, command: UpdateServiceCommand): Promise<void>;
  /** Rejects with ConflictException if the service deployment has ended. */
  stopServiceDeployment(cluster: string, service: string, command: StopServiceDeploymentCommand): Promise<void>;
  /** Rejects with ConflictException if the hook is not waiting. */
  continueServiceDeployment(cluster: string, service: string, command: ContinueServiceDeploymentCommand): Promise<void>;
  deleteService(cluster: string, service: string, command: DeleteServiceCommand): Promise<void>;
  createTaskSet(cluster: string, service: string, command: CreateTaskSetCommand): Promise<{ taskSetId: string }>;
  changeTaskSet(cluster: string, service: string, command: ChangeTaskSetCommand): Promise<void>;
  /** `token`: the clientToken or a new UUID. The same token reaches the same workflow run. */
  runTask(token: string, command: RunTaskCommand): Promise<RunTaskOutcome>;
  /** `ownerWorkflowId` is in the task's row. If the owner is gone, the task is STOPPED already, and nothing happens. */
  stopTask(ownerWorkflowId: string, command: StopTaskCommand): Promise<void>;
  /** Undefined if the owner is gone: its tasks have stopped. */
  protectTasks(ownerWorkflowId: string, command: ProtectTasksCommand): Promise<ProtectTasksOutcome | undefined>;
  registerInstance(registration: InstanceRegistration): Promise<void>;
  setInstanceStatus(cluster: string, instanceId: string, status: 'ACTIVE' | 'DRAINING'): Promise<void>;
  /** Rejects with UpdateInProgressException. */
  updateAgent(cluster: string, instanceId: string, command: UpdateAgentCommand): Promise<void>;
  /** Gives notice of a spot interruption. */
  interruptInstance(cluster: string, instanceId: string): Promise<void>;
  deregisterInstance(cluster: string, instanceId: string, force: boolean): Promise<void>;
  /** Tells DAEMON services that instances of their cluster have changed. */
  instancesChanged(cluster: string, daemonServices: readonly string[]): Promise<void>;
  /** Tells owners of tasks that instances may now take tasks that they did not take before. */
  capacityChanged(ownerWorkflowIds: readonly string[]): Promise<void>;
  /** Resolves when Temporal answers. */
  ping(): Promise<void>;
}
