/** What the service scheduler looks at and what it decides. All values; the workflow carries the plan out. */
import type { DeploymentReason, StartReason, StopReasonCode, WaitReason } from '../../model/decision.ts';
import type { ServiceDeployment } from '../../model/service-deployment.ts';
import type { Deployment, ServiceDefinition, ServiceStatus } from '../../model/service.ts';
import type { ServiceAction } from '../../model/service-action.ts';
import type { DesiredStatus, HealthStatus, StopCode, TaskStatus } from '../../model/status.ts';
import type { StabilityStatus } from '../../model/task-set.ts';
import type { EpochMs } from '../../model/time.ts';
import type { LaunchThrottle } from '../throttle/types.ts';

/** A service's task as its workflow keeps it: only what decisions need. Crosses continue-as-new as it is. */
export interface ServiceTask {
  readonly taskId: string;
  readonly deploymentId: string;
  /** Empty while it waits in PROVISIONING for an instance of its capacity provider. */
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
  /** Scale-in protection ends then; 0 or past: it has none. */
  readonly protectedUntil?: EpochMs;
  /** The unhealthy task that this one was started to replace. */
  readonly replaces?: string;
  /** See AdvanceableTask. */
  readonly reportMark?: number;
  readonly reportedAt?: EpochMs;
  /** Version of its row; see Task.version. */
  readonly version: number;
}

/** While a service is not balanced. Crosses continue-as-new as it is. */
export interface BalanceState {
  /** The deployment whose tasks are moved; a new one ends the rebalancing. */
  readonly deploymentId: string;
  /** Tasks in the wrong zone when last looked at. */
  readonly needed: number;
  /** Tasks were started since, and the outcome is not known yet. */
  readonly moving: boolean;
  /** Times in a row that tasks were started and nothing came of it. */
  readonly fruitless: number;
  /** Look again then: nothing could be moved, or the last moves came to nothing. */
  readonly retryAt?: EpochMs;
}

/** All that planService may look at. `deployments`: PRIMARY first, then newest first. */
export interface ServiceSnapshot {
  readonly definition: ServiceDefinition;
  readonly status: ServiceStatus;
  readonly deployments: readonly Deployment[];
  /** The current service deployment first; absent in services of task sets. */
  readonly serviceDeployments?: readonly ServiceDeployment[];
  /** Every task not yet STOPPED. */
  readonly tasks: readonly ServiceTask[];
  /** Instances whose status is DRAINING. */
  readonly drainingInstanceIds: readonly string[];
  readonly throttle: LaunchThrottle;
  /** Set while the last placement attempt was refused: do not place again before `retryAt`. */
  readonly placementRetryAt?: EpochMs;
  /** By deployment: tasks that stopped without this scheduler's doing and that none was started for yet. */
  readonly lostTasks?: Readonly<Record<string, number>>;
  /** When the last `has reached a steady state` event was written; absent when the service left that state since. */
  readonly steadySince?: EpochMs;
  /** Texts withheld because their cause stands, with the time they were last written. */
  readonly notedAt: Readonly<Record<string, EpochMs>>;
  /** Tasks that a rebalancing started and that have not become healthy yet. */
  readonly movingIds?: readonly string[];
  /** Set while a rebalancing is under way or waits; see scheduler/rebalance. */
  readonly balance?: BalanceState;
  /** Makes the choices that ECS leaves to chance differ between services; any text that stays the same. */
  readonly seed?: string;
  /** Free resources by container instance: the binpack strategy scales in where most is free. */
  readonly instanceFree?: Readonly<Record<string, { readonly cpu: number; readonly memoryMiB: number }>>;
  /** Attributes by container instance, for a spread over other ones than the zone. */
  readonly instanceAttributes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Set for a DAEMON service, and for no other. */
  readonly daemon?: DaemonInstances;
}

/** The instances of a DAEMON service, sorted out; see scheduler/daemon/sort-instances.ts. */
export interface DaemonInstances {
  /** To have a task each: their number is the desired count. */
  readonly eligible: readonly string[];
  /** A task there does not belong there any more. */
  readonly violating: readonly string[];
  readonly draining: readonly string[];
  /** Those of `draining` with tasks of REPLICA services left: the daemon's goes after them. */
  readonly busyDraining: readonly string[];
  /** Found without room: nothing starts there before `placementRetryAt`. */
  readonly refused: readonly string[];
  /** The instances are looked at again by then. */
  readonly lookAgainAt: EpochMs;
}

/** Start `count` tasks of a deployment. */
export interface StartDecision {
  readonly deploymentId: string;
  readonly count: number;
  /** Unhealthy tasks that these are to replace, at most `count`. */
  readonly replaces: readonly string[];
  /** Why, for how many each; together they make up `count`. */
  readonly because: readonly { readonly reason: StartReason; readonly count: number }[];
  /** Set for a rebalancing: only in this availability zone. */
  readonly zone?: string;
  /** DAEMON: one on each of these, `count` in all. */
  readonly instanceIds?: readonly string[];
}

export interface StopDecision {
  readonly taskId: string;
  readonly stopCode: StopCode;
  readonly stoppedReason: string;
  readonly because: StopReasonCode;
}

/** Something that has to happen before the plan goes on. */
export interface Wait {
  readonly for: WaitReason;
  /** How many tasks it is about. */
  readonly tasks: number;
  /** No longer than this. */
  readonly until?: EpochMs;
}

interface Verdict {
  readonly deploymentId: string;
  readonly rolloutStateReason: string;
  /** The circuit breaker, an order, a hook that timed out. */
  readonly because: DeploymentReason;
}

export type DeploymentDecision =
  | { readonly kind: 'complete'; readonly deploymentId: string; readonly rolloutStateReason: string }
  /** Fully replaced: it leaves `deployments[]`. */
  | { readonly kind: 'remove'; readonly deploymentId: string }
  /** It is given up: it launches nothing any more. */
  | ({ readonly kind: 'fail' } & Verdict)
  /** The service goes back to it: PRIMARY again, IN_PROGRESS. */
  | ({ readonly kind: 'rollBack' } & Verdict)
  /** A task set has become stable, or has stopped being so. */
  | { readonly kind: 'stability'; readonly deploymentId: string; readonly status: StabilityStatus }
  /** So many more of its tasks failed, as the circuit breaker counts. */
  | { readonly kind: 'count'; readonly deploymentId: string; readonly failures: number };

/** What to do now. An empty plan with a wakeAt is normal: nothing to do until then, or until something changes. */
export interface ServicePlan {
  readonly start: readonly StartDecision[];
  readonly stop: readonly StopDecision[];
  readonly deployments: readonly DeploymentDecision[];
  /** What the snapshot's `serviceDeployments` become; absent: they stay as they are. */
  readonly serviceDeployments?: readonly ServiceDeployment[];
  /** Messages of service events that follow from the snapshot alone, oldest first; those that name started tasks come later. */
  readonly events: readonly string[];
  /** What EventBridge is told of it. Changes of deployments are not among them: the owner sees those in their list. */
  readonly actions: readonly ServiceAction[];
  /** What the snapshot's `steadySince` and `notedAt` become. */
  readonly steadySince?: EpochMs;
  readonly notedAt: Readonly<Record<string, EpochMs>>;
  /** What the snapshot's `movingIds` become. */
  readonly movingIds?: readonly string[];
  /** DRAINING service with no task left: becomes INACTIVE. */
  readonly becomesInactive: boolean;
  /** Plan again no later than this. */
  readonly wakeAt?: EpochMs;
  /** What the service waits for; empty when it is steady or gone. */
  readonly waits: readonly Wait[];
  /** The same in one line for the person who looks. */
  readonly waitingFor: string;
  /** How many tasks it wants, and between which bounds it moves. */
  readonly bounds: { readonly desired: number; readonly lower: number; readonly upper: number };
}
