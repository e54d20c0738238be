/** Service deployments and service revisions: what was rolled out, and how the rollout went. Plain JSON throughout. */
import type {
  CapacityProviderStrategyItem,
  DeploymentAlarms,
  DeploymentCircuitBreaker,
  DeploymentEarlySuccessCriteria,
  DeploymentLifecycleHook,
  LoadBalancer,
  NetworkConfiguration,
  ServiceRegistry,
} from '@aws-sdk/client-ecs';
import type { LaunchType } from './status.ts';
import type { EpochMs } from './time.ts';

export const SERVICE_DEPLOYMENT_STATUSES = [
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
  'SUCCESSFUL',
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
] as const;
export type ServiceDeploymentStatus = (typeof SERVICE_DEPLOYMENT_STATUSES)[number];

/** The stages of a rolling deployment, in their order. */
export const LIFECYCLE_STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const;
export type LifecycleStage = (typeof LIFECYCLE_STAGES)[number];

/** Settings of a service's deployments: `deploymentConfiguration` with defaults filled in. */
export interface DeploymentSettings {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly deploymentCircuitBreaker?: DeploymentCircuitBreaker;
  /** Never enabled: kept so that DescribeServices can show them. */
  readonly alarms?: DeploymentAlarms;
  readonly bakeTimeInMinutes?: number;
  readonly earlySuccessCriteria?: DeploymentEarlySuccessCriteria;
  /** PAUSE hooks only. */
  readonly lifecycleHooks?: readonly DeploymentLifecycleHook[];
}

/** One PAUSE hook of a stage that the deployment has reached. */
export interface HookProgress {
  /** Unique within the service deployment. */
  readonly hookId: string;
  readonly stage: LifecycleStage;
  readonly status: 'AWAITING_ACTION' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  readonly expiresAt: EpochMs;
  readonly timeoutAction: 'ROLLBACK' | 'CONTINUE';
}

/** Tasks of one service revision. */
export interface RevisionCounts {
  readonly revisionId: string;
  readonly requestedTaskCount: number;
  readonly runningTaskCount: number;
  readonly pendingTaskCount: number;
}

export interface BreakerMonitor {
  readonly status: 'TRIGGERED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'DISABLED';
  readonly failureCount: number;
  readonly threshold: number;
}

/** What a service deployment shows once it has ended; until then the service's row has these values. */
export interface ServiceDeploymentEnd {
  readonly target: RevisionCounts;
  readonly sources: readonly RevisionCounts[];
  readonly breaker: BreakerMonitor;
  readonly settings: DeploymentSettings;
}

/** One attempt to roll out a service revision. Only the service's workflow changes it. */
export interface ServiceDeployment {
  /** 21 characters of `A-Za-z0-9_-`. */
  readonly serviceDeploymentId: string;
  /** The entry of `deployments[]` that rolls out the target. */
  readonly deploymentId: string;
  readonly targetRevisionId: string;
  /** Revisions that had tasks when the deployment began; newest first. */
  readonly sourceRevisionIds: readonly string[];
  readonly status: ServiceDeploymentStatus;
  readonly statusReason?: string;
  readonly createdAt: EpochMs;
  readonly startedAt?: EpochMs;
  readonly finishedAt?: EpochMs;
  readonly stoppedAt?: EpochMs;
  readonly updatedAt: EpochMs;
  readonly lifecycleStage?: LifecycleStage;
  /** Hooks of the stages reached, in the order of the stages. */
  readonly hooks?: readonly HookProgress[];
  readonly bakeStartedAt?: EpochMs;
  readonly rollback?: {
    readonly reason: string;
    readonly startedAt: EpochMs;
    readonly revisionId: string;
    /** The entry of `deployments[]` that became PRIMARY again. */
    readonly deploymentId: string;
  };
  /** The circuit breaker tripped. */
  readonly breakerTriggered?: boolean;
  /** StopServiceDeployment with ABORT: a rollback under way must end where it is. */
  readonly abortRequested?: boolean;
  readonly end?: ServiceDeploymentEnd;
  /** Rises by one with every recorded change. */
  readonly version: number;
}

/** An image as the revision's container names it, and the digest of its tag when the revision's first task ran. */
export interface RevisionImage {
  readonly containerName: string;
  readonly image: string;
  readonly imageDigest?: string;
}

/** What a deployment rolls out. It never changes, except that its images are resolved once. */
export interface ServiceRevision {
  /** 19 digits. */
  readonly revisionId: string;
  readonly taskDefinitionArn: string;
  readonly launchType?: LaunchType;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
  readonly networkConfiguration?: NetworkConfiguration;
  readonly loadBalancers: readonly LoadBalancer[];
  readonly serviceRegistries: readonly ServiceRegistry[];
  readonly containerImages: readonly RevisionImage[];
  readonly createdAt: EpochMs;
}

/** A revision's tasks, summed over the entries of `deployments[]` that have it; zero if no entry is left. */
export function countRevision(
  deployments: readonly {
    readonly serviceRevisionId?: string;
    readonly desiredCount: number;
    readonly runningCount: number;
    readonly pendingCount: number;
  }[],
  revisionId: string,
): RevisionCounts {
  const own = deployments.filter(({ serviceRevisionId }) => serviceRevisionId === revisionId);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    revisionId,
    requestedTaskCount: sum(own.map(({ desiredCount }) => desiredCount)),
    runningTaskCount: sum(own.map(({ runningCount }) => runningCount)),
    pendingTaskCount: sum(own.map(({ pendingCount }) => pendingCount)),
  };
}
