/** EventBridge's service actions and deployment state changes, which a service emits beside its service events. */
import type { EpochMs } from './time.ts';

/** Every eventName of a service, with its eventType. To add a cause, add its line here and an action where it arises. */
export const SERVICE_ACTION_TYPES = {
  SERVICE_STEADY_STATE: 'INFO',
  TASKS_STARTED: 'INFO',
  TASKS_STOPPED: 'INFO',
  TASKSET_STEADY_STATE: 'INFO',
  TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION: 'INFO',
  CAPACITY_PROVIDER_STEADY_STATE: 'INFO',
  SERVICE_REBALANCING_STARTED: 'INFO',
  SERVICE_REBALANCING_COMPLETED: 'INFO',
  SERVICE_REBALANCING_STOPPED: 'INFO',
  SERVICE_TASK_START_IMPAIRED: 'WARN',
  SERVICE_TASK_PLACEMENT_FAILURE: 'ERROR',
  SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED: 'ERROR',
  SERVICE_DEPLOYMENT_IN_PROGRESS: 'INFO',
  SERVICE_DEPLOYMENT_COMPLETED: 'INFO',
  SERVICE_DEPLOYMENT_FAILED: 'ERROR',
} as const;

export type ServiceActionName = keyof typeof SERVICE_ACTION_TYPES;

/** One thing that happened to a service. Has ids and names; the event shows their ARNs. */
export interface ServiceAction {
  readonly eventName: ServiceActionName;
  readonly reason?: string;
  /** For a deployment state change: `ecs-svc/…`. */
  readonly deploymentId?: string;
  readonly containerInstanceIds?: readonly string[];
  readonly capacityProviders?: readonly string[];
}

/** A service action as its owner records it. */
export type ServiceActionRecord = ServiceAction & { readonly createdAt: EpochMs };

/** Deployment state changes have their own detail-type. */
export const isDeploymentChange = ({ eventName }: ServiceAction): boolean =>
  eventName.startsWith('SERVICE_DEPLOYMENT_');
