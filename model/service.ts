/** A service and its deployments, as its workflow decides on them and as the store keeps them. Plain JSON throughout. */
import type {
  CapacityProviderStrategyItem,
  LoadBalancer,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  PropagateTags,
  ServiceConnectConfiguration,
  ServiceRegistry,
  Tag,
} from '@aws-sdk/client-ecs';
import type { BreakerMonitor, DeploymentSettings, ServiceDeployment } from './service-deployment.ts';
import type { DaemonClaim } from './daemon.ts';
import type { LaunchType } from './status.ts';
import type { TaskDefinition } from './task-definition.ts';
import type { TaskSetPart } from './task-set.ts';
import type { EpochMs } from './time.ts';

export type ServiceStatus = 'ACTIVE' | 'DRAINING' | 'INACTIVE';

/** What was asked of a service, defaults filled in. Changed by UpdateService. */
export interface ServiceDefinition extends DeploymentSettings {
  readonly serviceName: string;
  readonly clusterName: string;
  readonly schedulingStrategy: 'REPLICA' | 'DAEMON';
  /** Absent: ECS, rolling deployments. EXTERNAL: task sets, and the service itself has no task definition. */
  readonly deploymentController?: 'ECS' | 'EXTERNAL';
  /** Of a DAEMON service: how many instances are to have a task; its workflow keeps it so. */
  readonly desiredCount: number;
  readonly launchType?: LaunchType;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
  readonly placementConstraints: readonly PlacementConstraint[];
  readonly placementStrategy: readonly PlacementStrategy[];
  readonly networkConfiguration?: NetworkConfiguration;
  readonly healthCheckGracePeriodSeconds: number;
  readonly availabilityZoneRebalancing: 'ENABLED' | 'DISABLED';
  readonly enableECSManagedTags: boolean;
  readonly enableExecuteCommand: boolean;
  readonly propagateTags: PropagateTags;
  readonly loadBalancers: readonly LoadBalancer[];
  readonly serviceRegistries: readonly ServiceRegistry[];
  /** Never enabled: kept to be shown as it was sent. */
  readonly serviceConnectConfiguration?: ServiceConnectConfiguration;
  readonly tags: readonly Tag[];
  readonly role?: string;
}

export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** An image of a service's container, as the first task of a deployment found it at its registry. */
export interface ContainerImage {
  readonly containerName: string;
  /** As the task definition names it. */
  readonly image: string;
  /** `sha256:…` of its manifest. */
  readonly imageDigest: string;
}

/** One entry of `deployments[]`: a revision of the service on its way in (PRIMARY) or out (ACTIVE); or of `taskSets[]`. */
export interface Deployment {
  /** `ecs-svc/<19 digits>` */
  readonly deploymentId: string;
  readonly status: 'PRIMARY' | 'ACTIVE';
  readonly taskDefinitionArn: string;
  /** The service revision that it brings in: 19 digits. */
  readonly serviceRevisionId?: string;
  readonly launchType?: LaunchType;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
  readonly networkConfiguration?: NetworkConfiguration;
  readonly rolloutState: RolloutState;
  readonly rolloutStateReason: string;
  /** Tasks that stopped without ever running, in this deployment; with a circuit breaker, what that has counted. */
  readonly failedTasks: number;
  /** A task of it has run: from then on the circuit breaker counts by health checks. */
  readonly reachedRunning?: boolean;
  /** When the circuit breaker made it PRIMARY again. */
  readonly rolledBackAt?: EpochMs;
  /** Images whose digests are known: later tasks of the deployment run these, wherever their tags point by then. */
  readonly containerImages?: readonly ContainerImage[];
  /** Of services whose deployment controller is EXTERNAL. */
  readonly taskSet?: TaskSetPart;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
}

export interface DeploymentCounts {
  readonly desiredCount: number;
  readonly pendingCount: number;
  readonly runningCount: number;
}

/** The service's row: all that DescribeServices shows but its events and what belongs to the tag and task tables. */
export interface ServiceRecord {
  readonly definition: ServiceDefinition;
  /** Distinguishes a service from a deleted one of the same name; set at creation. */
  readonly incarnation: string;
  readonly status: ServiceStatus;
  /** Of the PRIMARY deployment; empty while a service of task sets has no primary one. */
  readonly taskDefinitionArn: string;
  readonly deployments: readonly (Deployment & DeploymentCounts)[];
  /** The current service deployment first; behind it older ones that have not ended yet. */
  readonly serviceDeployments?: readonly ServiceDeployment[];
  /** Of the current service deployment. */
  readonly breaker?: BreakerMonitor;
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly createdAt: EpochMs;
  readonly createdBy: string;
  /** True while a task of it finds no place: it is woken when capacity appears. */
  readonly waitingForCapacity: boolean;
  /** Of an ACTIVE DAEMON service; absent: as it was. */
  readonly daemonClaim?: DaemonClaim;
  /** Rises with every recorded change. */
  readonly version: number;
}

/** One entry of `events[]`. */
export interface ServiceEvent {
  readonly id: string;
  readonly createdAt: EpochMs;
  readonly message: string;
}

/** The task definitions that a workflow needs at hand: by ARN. */
export type TaskDefinitions = Readonly<Record<string, TaskDefinition>>;
