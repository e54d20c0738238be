/** What workflows carry over continue-as-new: plain JSON, versioned. A round trip through JSON changes nothing. */
import type { Tag } from '@aws-sdk/client-ecs';
import type { ServiceDeployment } from '../model/service-deployment.ts';
import type { Deployment, ServiceDefinition, ServiceStatus, TaskDefinitions } from '../model/service.ts';
import type { CallCause, DecisionCause } from '../model/decision.ts';
import type { InstanceStatus } from '../model/status.ts';
import type { EpochMs } from '../model/time.ts';
import type { BalanceState, ServiceTask } from '../scheduler/service/types.ts';
import type { LaunchThrottle } from '../scheduler/throttle/types.ts';
import type { RunTaskCommand, RunTaskOutcome } from './messages.ts';
import { type Columns, fromColumns, toColumns } from '../model/columns.ts';
import type { StandingDecision } from './owner/decision-log.ts';
import type { OwnedTask } from './owner/owned-tasks.ts';
import type { ProvisioningWait } from './owner/provisioning.ts';

export interface ServiceState {
  readonly version: 1;
  readonly incarnation: string;
  readonly createdAt: EpochMs;
  readonly createdBy: string;
  definition: ServiceDefinition;
  status: ServiceStatus;
  /** PRIMARY first, then newest first. */
  deployments: readonly Deployment[];
  /** The current one first; behind it older ones that have not ended yet. */
  serviceDeployments?: readonly ServiceDeployment[];
  /** Those that deployments name. */
  taskDefinitions: TaskDefinitions;
  /** Of the definitions that deployments name, for propagateTags TASK_DEFINITION. */
  taskDefinitionTags: Readonly<Record<string, readonly Tag[]>>;
  throttle: LaunchThrottle;
  placement: PlacementWait;
  drainingInstanceIds: readonly string[];
  /** Those of them that were given notice of a spot interruption. */
  interruptedInstanceIds?: readonly string[];
  steadySince?: EpochMs;
  /** See ServiceSnapshot. */
  movingIds?: readonly string[];
  balance?: BalanceState;
  notedAt: Readonly<Record<string, EpochMs>>;
  /** By deployment: tasks that stopped without the scheduler's doing, until others are started in their places. */
  lost?: Readonly<Record<string, readonly string[]>>;
  /** What decisions follow from that are still to come. Absent in a state that was rebuilt from the store. */
  heard?: readonly DecisionCause[];
  /** Decisions that are taken again and again. */
  standing?: Partial<Readonly<Record<'wait' | 'noPlace', StandingDecision>>>;
  /** Version of the service's row that was written last. */
  recordVersion: number;
}

/** Consecutive refused placements, and when to try again. */
export interface PlacementWait {
  readonly refusals: number;
  readonly retryAt?: EpochMs;
  /** DAEMON: the instances that had no room; the others do not wait. */
  readonly instanceIds?: readonly string[];
}

export type ServiceOwnedTask = ServiceTask & OwnedTask;

/** A service that continues in a new run. */
export interface CarriedService {
  readonly state: ServiceState;
  readonly tasks: readonly ServiceOwnedTask[];
  /** While tasks wait in PROVISIONING. */
  readonly provisioning?: ProvisioningWait;
}

/** As it crosses continue-as-new. */
export interface PackedService extends Omit<CarriedService, 'tasks'> {
  readonly tasks: Columns;
}

export const packService = ({ tasks, ...rest }: CarriedService): PackedService => ({
  ...rest,
  tasks: toColumns(tasks),
});
export const unpackService = ({ tasks, ...rest }: PackedService): CarriedService => ({
  ...rest,
  tasks: fromColumns(tasks) as unknown as readonly ServiceOwnedTask[],
});

/** A RunTask or StartTask call that continues in a new run. */
export interface CarriedRunTask {
  readonly version: 1;
  readonly command: RunTaskCommand;
  readonly outcome: RunTaskOutcome;
  readonly tasks: readonly OwnedTask[];
  readonly provisioning?: ProvisioningWait;
}

export interface InstanceState {
  readonly version: 1;
  status: InstanceStatus;
  agentConnected: boolean;
  /** The agent's present session; empty while no agent has registered, or after the instance was given up. */
  sessionId: string;
  /** The session of which the owners of its tasks know that it has begun. */
  toldOfSession?: string;
  /** Its tasks were given up since the agent was last heard. */
  givenUp: boolean;
  /** When an agent registered after the instance was given up: launches that were ordered before are void. */
  ordersFrom?: EpochMs;
  registeredAt: EpochMs;
  recordVersion: number;
  /** After the notice of a spot interruption: when the tasks that are left are stopped. */
  stopTasksAt?: EpochMs;
  /** The call that gave the notice. */
  interruptedBy?: CallCause;
}
