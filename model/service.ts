/** A service and its deployments, in its workflow and in the store. Plain JSON throughout. */
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

/** A service's settings with defaults filled in. UpdateService changes them. */
export interface ServiceDefinition extends DeploymentSettings {
  readonly serviceName: string;
  readonly clusterName: string;
  readonly schedulingStrategy: 'REPLICA' | 'DAEMON';
  /** Absent: ECS, with rolling deployments. EXTERNAL: task sets; the service itself has no task definition. */
  readonly deploymentController?: 'ECS' | 'EXTERNAL';
  /** In a DAEMON service: the number of eligible instances, which its workflow keeps up to date. */
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
  /** Never enabled: kept so that DescribeServices can show it as it was sent. */
  readonly serviceConnectConfiguration?: ServiceConnectConfiguration;
  readonly tags: readonly Tag[];
  readonly role?: string;
}

export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** A container's image, as the first task of a deployment found it at its registry. */
export interface ContainerImage {
  readonly containerName: string;
  /** The image as the task definition names it. */
  readonly image: string;
  /** `sha256:…` of the image's manifest. */
  readonly imageDigest: string;
}

/** One entry of `deployments[]`: a revision being rolled out (PRIMARY) or replaced (ACTIVE); or an entry of `taskSets[]`. */
export interface Deployment {
  /** `ecs-svc/<19 digits>` */
  readonly deploymentId: string;
  readonly status: 'PRIMARY' | 'ACTIVE';
  readonly taskDefinitionArn: string;
  /** The service revision that it rolls out: 19 digits. */
  readonly serviceRevisionId?: string;
  readonly launchType?: LaunchType;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
  readonly networkConfiguration?: NetworkConfiguration;
  readonly rolloutState: RolloutState;
  readonly rolloutStateReason: string;
  /** The deployment's tasks that stopped without ever running; with a circuit breaker, the breaker's count. */
  readonly failedTasks: number;
  /** A task of the deployment has run: from then on the circuit breaker counts failed health checks. */
  readonly reachedRunning?: boolean;
  /** When a rollback made the deployment PRIMARY again. */
  readonly rolledBackAt?: EpochMs;
  /** Images with known digests: later tasks of the deployment run these, wherever the tags point by then. */
  readonly containerImages?: readonly ContainerImage[];
  /** Set in services with an EXTERNAL deployment controller. */
  readonly taskSet?: TaskSetPart;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
}

export interface DeploymentCounts {
  readonly desiredCount: number;
  readonly pendingCount: number;
  readonly runningCount: number;
}

/** The service's row: all that DescribeServices shows, except its events and the contents of the tag and task tables. */
export interface ServiceRecord {
  readonly definition: ServiceDefinition;
  /** Distinguishes a service from a deleted one of the same name; set at creation. */
  readonly incarnation: string;
  readonly status: ServiceStatus;
  /** That of the PRIMARY deployment; empty while a service of task sets has no PRIMARY one. */
  readonly taskDefinitionArn: string;
  readonly deployments: readonly (Deployment & DeploymentCounts)[];
  /** The current service deployment first, then older ones that have not ended yet. */
  readonly serviceDeployments?: readonly ServiceDeployment[];
  /** That of the current service deployment. */
  readonly breaker?: BreakerMonitor;
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly createdAt: EpochMs;
  readonly createdBy: string;
  /** True while a task finds no place: new capacity wakes the service. */
  readonly waitingForCapacity: boolean;
  /** Set for an ACTIVE DAEMON service; absent: unchanged. */
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

/** The task definitions that a workflow needs, by ARN. */
export type TaskDefinitions = Readonly<Record<string, TaskDefinition>>;
