/** What workflows carry over continue-as-new: plain JSON, versioned. A round trip through JSON changes nothing. */
import type { Tag } from '@aws-sdk/client-ecs';
import type { Deployment, ServiceDefinition, ServiceStatus, TaskDefinitions } from '../model/service.ts';
import type { InstanceStatus } from '../model/status.ts';
import type { EpochMs } from '../model/time.ts';
import type { ServiceTask } from '../scheduler/reconcile/types.ts';
import type { LaunchThrottle } from '../scheduler/throttle/types.ts';
import type { RunTaskCommand, RunTaskOutcome } from './messages.ts';
import type { OwnedTask } from './owner/owned-tasks.ts';

export interface ServiceState {
  readonly version: 1;
  readonly incarnation: string;
  readonly createdAt: EpochMs;
  readonly createdBy: string;
  definition: ServiceDefinition;
  status: ServiceStatus;
  /** PRIMARY first, then newest first. */
  deployments: readonly Deployment[];
  /** Those that deployments name. */
  taskDefinitions: TaskDefinitions;
  /** Of the definitions that deployments name, for propagateTags TASK_DEFINITION. */
  taskDefinitionTags: Readonly<Record<string, readonly Tag[]>>;
  throttle: LaunchThrottle;
  placement: PlacementWait;
  drainingInstanceIds: readonly string[];
  steadySince?: EpochMs;
  notedAt: Readonly<Record<string, EpochMs>>;
  /** Version of the service's row that was written last. */
  recordVersion: number;
}

/** Consecutive refused placements, and when to try again. */
export interface PlacementWait {
  readonly refusals: number;
  readonly retryAt?: EpochMs;
}

export type ServiceOwnedTask = ServiceTask & OwnedTask;

/** A service that continues in a new run. */
export interface CarriedService {
  readonly state: ServiceState;
  readonly tasks: readonly ServiceOwnedTask[];
}

/** A RunTask or StartTask call that continues in a new run. */
export interface CarriedRunTask {
  readonly version: 1;
  readonly command: RunTaskCommand;
  readonly outcome: RunTaskOutcome;
  readonly tasks: readonly OwnedTask[];
}

export interface InstanceState {
  readonly version: 1;
  status: InstanceStatus;
  agentConnected: boolean;
  /** The agent's present session; empty while no agent has registered, or after the instance was given up. */
  sessionId: string;
  /** Its tasks were given up since the agent was last heard. */
  givenUp: boolean;
  registeredAt: EpochMs;
  recordVersion: number;
}
