/** What the service scheduler looks at and what it decides. All values; the workflow carries the plan out. */
import type { Deployment, ServiceDefinition, ServiceStatus } from '../../model/service.ts';
import type { DesiredStatus, HealthStatus, StopCode, TaskStatus } from '../../model/status.ts';
import type { EpochMs } from '../../model/time.ts';
import type { LaunchThrottle } from '../throttle/types.ts';

/** A service's task as its workflow keeps it: only what decisions need. Crosses continue-as-new as it is. */
export interface ServiceTask {
  readonly taskId: string;
  readonly deploymentId: string;
  readonly containerInstanceId: string;
  readonly availabilityZone?: string;
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: DesiredStatus;
  readonly healthStatus: HealthStatus;
  /** Some essential container of its definition has a health check: then health decides, not time. */
  readonly hasHealthCheck: boolean;
  readonly createdAt: EpochMs;
  /** Set once RUNNING; never unset. A task that stops without it failed to start. */
  readonly startedAt?: EpochMs;
  readonly stopCode?: StopCode;
  readonly stoppedReason?: string;
  /** The unhealthy task that this one was started to replace. */
  readonly replaces?: string;
  /** See AdvanceableTask.reportMark. */
  readonly reportMark?: number;
  /** Version of its row; see Task.version. */
  readonly version: number;
}

/** All that planService may look at. `deployments`: PRIMARY first, then newest first. */
export interface ServiceSnapshot {
  readonly definition: ServiceDefinition;
  readonly status: ServiceStatus;
  readonly deployments: readonly Deployment[];
  /** Every task not yet STOPPED. */
  readonly tasks: readonly ServiceTask[];
  /** Instances whose status is DRAINING. */
  readonly drainingInstanceIds: readonly string[];
  readonly throttle: LaunchThrottle;
  /** Set while the last placement attempt was refused: do not place again before `retryAt`. */
  readonly placementRetryAt?: EpochMs;
  /** When the last `has reached a steady state` event was written; absent when the service left that state since. */
  readonly steadySince?: EpochMs;
  /** Texts withheld because their cause stands, with the time they were last written. */
  readonly notedAt: Readonly<Record<string, EpochMs>>;
  /** Makes the choices that ECS leaves to chance differ between services; any text that stays the same. */
  readonly seed?: string;
  /** Free resources by container instance: the binpack strategy scales in where most is free. */
  readonly instanceFree?: Readonly<Record<string, { readonly cpu: number; readonly memoryMiB: number }>>;
  /** Attributes by container instance, for a spread over other ones than the zone. */
  readonly instanceAttributes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Start `count` tasks of a deployment. */
export interface StartDecision {
  readonly deploymentId: string;
  readonly count: number;
  /** Unhealthy tasks that these are to replace, at most `count`. */
  readonly replaces: readonly string[];
}

export interface StopDecision {
  readonly taskId: string;
  readonly stopCode: StopCode;
  readonly stoppedReason: string;
}

export type DeploymentDecision =
  | { readonly kind: 'complete'; readonly deploymentId: string; readonly rolloutStateReason: string }
  /** Fully replaced: it leaves `deployments[]`. */
  | { readonly kind: 'remove'; readonly deploymentId: string }
  /** The circuit breaker gives it up: it launches nothing any more. */
  | { readonly kind: 'fail'; readonly deploymentId: string; readonly rolloutStateReason: string }
  /** The circuit breaker goes back to it: PRIMARY again, IN_PROGRESS. */
  | { readonly kind: 'rollBack'; readonly deploymentId: string; readonly rolloutStateReason: string }
  /** So many more of its tasks failed, as the circuit breaker counts. */
  | { readonly kind: 'count'; readonly deploymentId: string; readonly failures: number };

/** What to do now. An empty plan with a wakeAt is normal: nothing to do until then, or until something changes. */
export interface ServicePlan {
  readonly start: readonly StartDecision[];
  readonly stop: readonly StopDecision[];
  readonly deployments: readonly DeploymentDecision[];
  /** Messages of service events that follow from the snapshot alone, oldest first; those that name started tasks come later. */
  readonly events: readonly string[];
  /** What the snapshot's `steadySince` and `notedAt` become. */
  readonly steadySince?: EpochMs;
  readonly notedAt: Readonly<Record<string, EpochMs>>;
  /** DRAINING service with no task left: becomes INACTIVE. */
  readonly becomesInactive: boolean;
  /** Plan again no later than this. */
  readonly wakeAt?: EpochMs;
  /** One line for the person who looks: what the service waits for. */
  readonly waitingFor: string;
}
