/** The API's door to the workflows: each call returns after the change is recorded. Implemented over the Temporal client. */
import type {
  ContinueServiceDeploymentCommand,
  ChangeTaskSetCommand,
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  ProtectTasksCommand,
  ProtectTasksOutcome,
  RunTaskCommand,
  RunTaskOutcome,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '../workflows/messages.ts';
import type { CallCause } from '../model/decision.ts';
import type { InstanceRegistration } from '../model/container-instance.ts';

/** Refusals of workflows arrive as EcsError; Temporal out of reach as EcsError ServiceUnavailable with what to do. */
export interface WorkflowGateway {
  /** The same door, whose commands say which call of the API they come from. */
  forCall(cause: CallCause): WorkflowGateway;
  createService(command: CreateServiceCommand): Promise<{ incarnation: string }>;
  /** ServiceNotFoundException when its workflow is gone. */
  updateService(cluster: string, service: string, command: UpdateServiceCommand): Promise<void>;
  /** ConflictException when it has ended. */
  stopServiceDeployment(cluster: string, service: string, command: StopServiceDeploymentCommand): Promise<void>;
  /** ConflictException when the hook does not wait. */
  continueServiceDeployment(cluster: string, service: string, command: ContinueServiceDeploymentCommand): Promise<void>;
  deleteService(cluster: string, service: string, command: DeleteServiceCommand): Promise<void>;
  createTaskSet(cluster: string, service: string, command: CreateTaskSetCommand): Promise<{ taskSetId: string }>;
  changeTaskSet(cluster: string, service: string, command: ChangeTaskSetCommand): Promise<void>;
  /** `token`: clientToken or a fresh UUID; the same token reaches the same run. */
  runTask(token: string, command: RunTaskCommand): Promise<RunTaskOutcome>;
  /** `ownerWorkflowId` from the task's row. An owner that is gone: the task is STOPPED already, nothing to do. */
  stopTask(ownerWorkflowId: string, command: StopTaskCommand): Promise<void>;
  /** Undefined when the owner is gone: its tasks have stopped. */
  protectTasks(ownerWorkflowId: string, command: ProtectTasksCommand): Promise<ProtectTasksOutcome | undefined>;
  registerInstance(registration: InstanceRegistration): Promise<void>;
  setInstanceStatus(cluster: string, instanceId: string, status: 'ACTIVE' | 'DRAINING'): Promise<void>;
  /** Notice of a spot interruption. */
  interruptInstance(cluster: string, instanceId: string): Promise<void>;
  deregisterInstance(cluster: string, instanceId: string, force: boolean): Promise<void>;
  /** Tells DAEMON services that instances of their cluster are not what they were. */
  instancesChanged(cluster: string, daemonServices: readonly string[]): Promise<void>;
  /** Tells owners of tasks that instances may take tasks that they did not take before. */
  capacityChanged(ownerWorkflowIds: readonly string[]): Promise<void>;
  /** Resolves when Temporal answers. */
  ping(): Promise<void>;
}
