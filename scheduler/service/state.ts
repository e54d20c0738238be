/** All that the owner of a service knows: its definition, its deployments and tasks, what it waits for and what it has told. */
import type { Tag } from '@aws-sdk/client-ecs';
import type { DaemonLook } from '../../model/daemon.ts';
import type { DecisionCause } from '../../model/decision.ts';
import type { ServiceDeployment } from '../../model/service-deployment.ts';
import type { Deployment, ServiceDefinition, ServiceStatus, TaskDefinitions } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import type { StandingDecision } from '../owner/decision-log.ts';
import type { OwnedTask, Tasks } from '../owner/owned-task.ts';
import type { ProvisioningWait } from '../owner/provisioning.ts';
import type { LaunchThrottle } from '../throttle/types.ts';
import type { BalanceState, DaemonInstances, ServiceTask } from './types.ts';

export type ServiceOwnedTask = ServiceTask & OwnedTask;

/** What a run of the workflow hands to the next one, with the tasks: plain JSON. */
export interface CarriedServiceState {
  readonly version: 1;
  readonly incarnation: string;
  readonly createdAt: EpochMs;
  readonly createdBy: string;
  readonly definition: ServiceDefinition;
  readonly status: ServiceStatus;
  /** PRIMARY first, then newest first. */
  readonly deployments: readonly Deployment[];
  /** The current one first; behind it older ones that have not ended yet. */
  readonly serviceDeployments?: readonly ServiceDeployment[];
  /** Those that deployments name. */
  readonly taskDefinitions: TaskDefinitions;
  /** Tags of those definitions, for propagateTags TASK_DEFINITION. */
  readonly taskDefinitionTags: Readonly<Record<string, readonly Tag[]>>;
  readonly throttle: LaunchThrottle;
  readonly placement: PlacementWait;
  readonly drainingInstanceIds: readonly string[];
  /** Those of them that were given notice of a spot interruption. */
  readonly interruptedInstanceIds?: readonly string[];
  readonly steadySince?: EpochMs;
  /** See ServiceSnapshot. */
  readonly movingIds?: readonly string[];
  readonly balance?: BalanceState;
  readonly notedAt: Readonly<Record<string, EpochMs>>;
  /** By deployment: tasks that stopped without the scheduler's doing, until others are started in their places. */
  readonly lost?: Readonly<Record<string, readonly string[]>>;
  /** What the next decisions follow from. Absent in a state that was rebuilt from the store. */
  readonly heard?: readonly DecisionCause[];
  /** Decisions that are made again and again. */
  readonly standing?: Partial<Readonly<Record<'wait' | 'noPlace', StandingDecision>>>;
  /** Version of the service's row that was written last. */
  readonly recordVersion: number;
}

/** Consecutive refused placements, and when to try again. */
export interface PlacementWait {
  readonly refusals: number;
  readonly retryAt?: EpochMs;
  /** DAEMON: the instances that had no room; the others do not wait. */
  readonly instanceIds?: readonly string[];
}

/** The state of a run. */
export interface ServiceState extends CarriedServiceState {
  readonly heard: readonly DecisionCause[];
  readonly tasks: Tasks<ServiceOwnedTask>;
  /** While tasks wait in PROVISIONING. */
  readonly provisioning?: ProvisioningWait;
  readonly run: ServiceRun;
}

/** What a run finds out for itself; the next run does so again. */
export interface ServiceRun {
  /** Something that a plan depends on has changed since the last round began. */
  readonly changed: boolean;
  /** When the last plan wants to be made again, whatever happens. */
  readonly wakeAt?: EpochMs;
  /** What the last plan waits for, for people. */
  readonly waitingFor: string;
  /** What calls had asked for at the last decision on record: the next call is compared with it. */
  readonly wanted: Wanted;
  /** The last plan leaves nothing to do once it is carried out. */
  readonly isIdle: boolean;
  /** The zones were compared since the service became steady, or since an instance came. */
  readonly comparedZones: boolean;
  /** Deployments as the last write of the row had them. */
  readonly toldDeployments: readonly Deployment[];
  /** What was written of the service's history, by id: versions of service deployments, known digests of revisions. */
  readonly written: {
    readonly deployments: Readonly<Record<string, number>>;
    readonly revisions: Readonly<Record<string, number>>;
  };
  /** How long a task may wait in PROVISIONING; unknown until the first one waits. */
  readonly provisioningTimeoutMs?: number;
  readonly daemon: DaemonView;
}

/** What a DAEMON service has seen of its cluster's instances. */
export interface DaemonView {
  /** The instances may have changed since the last look. */
  readonly stale: boolean;
  /** A look is under way. */
  readonly looking: boolean;
  readonly seen?: SeenInstances;
  /** The instances as last sorted. */
  readonly sorted?: DaemonInstances;
  /** What the row says of them: see daemonText. */
  readonly told?: string;
}

export interface SeenInstances extends DaemonLook {
  /** What was asked: another question makes the columns worthless. */
  readonly question: string;
  readonly instances: NonNullable<DaemonLook['instances']>;
  readonly at: EpochMs;
}

/** A service as its calls see it: what they may change. */
export interface Wanted {
  readonly definition: Partial<ServiceDefinition>;
  readonly taskDefinitionArn: string;
  readonly deploymentId: string | undefined;
  readonly status: string;
}
