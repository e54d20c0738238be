/** The API's door to the workflows: each call returns after the change is recorded. Implemented over the Temporal client. */
import type {
  CreateServiceCommand,
  DeleteServiceCommand,
  RunTaskCommand,
  RunTaskOutcome,
  StopTaskCommand,
  UpdateServiceCommand,
} from '../workflows/messages.ts';
import type { InstanceRegistration } from '../model/container-instance.ts';

/** Refusals of workflows arrive as EcsError; Temporal out of reach as EcsError ServiceUnavailable with what to do. */
export interface WorkflowGateway {
  createService(command: CreateServiceCommand): Promise<{ incarnation: string }>;
  /** ServiceNotFoundException when its workflow is gone. */
  updateService(cluster: string, service: string, command: UpdateServiceCommand): Promise<void>;
  deleteService(cluster: string, service: string, command: DeleteServiceCommand): Promise<void>;
  /** `token`: clientToken or a fresh UUID; the same token reaches the same run. */
  runTask(token: string, command: RunTaskCommand): Promise<RunTaskOutcome>;
  /** `ownerWorkflowId` from the task's row. An owner that is gone: the task is STOPPED already, nothing to do. */
  stopTask(ownerWorkflowId: string, command: StopTaskCommand): Promise<void>;
  registerInstance(registration: InstanceRegistration): Promise<void>;
  setInstanceStatus(cluster: string, instanceId: string, status: 'ACTIVE' | 'DRAINING'): Promise<void>;
  deregisterInstance(cluster: string, instanceId: string, force: boolean): Promise<void>;
  /** Resolves when Temporal answers. */
  ping(): Promise<void>;
}
