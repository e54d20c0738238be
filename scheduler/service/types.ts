/** The inputs and results of the service scheduler. All are values; the workflow carries the plan out. */
import type { DeploymentReason, StartReason, StopReasonCode, WaitReason } from '../../model/decision.ts';
import type { ServiceDeployment } from '../../model/service-deployment.ts';
import type { Deployment, ServiceDefinition, ServiceStatus } from '../../model/service.ts';
import type { ServiceAction } from '../../model/service-action.ts';
import type { DesiredStatus, HealthStatus, StopCode, TaskStatus } from '../../model/status.ts';
import type { StabilityStatus } from '../../model/task-set.ts';
import type { EpochMs } from '../../model/time.ts';
import type { LaunchThrottle } from '../throttle/types.ts';

/** A service's task as its workflow keeps it: only what decisions need. Crosses continue-as-new unchanged. */
export interface ServiceTask {
  readonly taskId: string;
  readonly deploymentId: string;
  /** Empty while it waits in PROVISIONING for an instance of its capacity provider. */
  readonly containerInstanceId: string;
  readonly availabilityZone?: string;
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: DesiredStatus;
  readonly healthStatus: HealthStatus;
  /** Some essential container has a health check: then health, not time, decides. */
  readonly hasHealthCheck: boolean;
  readonly createdAt: EpochMs;
  /** Set once RUNNING, then never unset. A task that stops without it failed to start. */
  readonly startedAt?: EpochMs;
  readonly stopCode?: StopCode;
  readonly stoppedReason?: string;
  /** When the scale-in protection ends; 0 or a past time: the task has none. */
  readonly protectedUntil?: EpochMs;
  /** The unhealthy task that this one was started to replace. */
  readonly replaces?: string;
  /** It runs another image than its deployment, whose tag had moved before the launch. */
  readonly hasOtherImage?: true;
  /** See AdvanceableTask. */
  readonly reportMark?: number;
  readonly reportedAt?: EpochMs;
  /** Version of its row; see Task.version. */
  readonly version: number;
}

/** Kept while a service is not balanced. Crosses continue-as-new unchanged. */
export interface BalanceState {
  /** The deployment whose tasks move; a new deployment ends the rebalancing. */
  readonly deploymentId: string;
  /** Tasks in the wrong zone at the last look. */
  readonly needed: number;
  /** Tasks have started since, and the outcome is not known yet. */
  readonly moving: boolean;
  /** How often in a row tasks started without improving the balance. */
  readonly fruitless: number;
  /** When to look again: no task could move, or the last moves had no effect. */
  readonly retryAt?: EpochMs;
}

/** All that planService may read. `deployments`: PRIMARY first, then newest first. */
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
  /** Set after a refused placement attempt: do not place again before `retryAt`. */
  readonly placementRetryAt?: EpochMs;
  /** By deployment: tasks that stopped without the scheduler's decision and have no replacement yet. */
  readonly lostTasks?: Readonly<Record<string, number>>;
  /** When the last `has reached a steady state` event was written; absent once the service has left that state. */
  readonly steadySince?: EpochMs;
  /** Texts with a lasting cause, and when each was last written. */
  readonly notedAt: Readonly<Record<string, EpochMs>>;
  /** Tasks that rebalancing started and that are not healthy yet. */
  readonly movingIds?: readonly string[];
  /** Set while rebalancing is under way or waits; see scheduler/rebalance. */
  readonly balance?: BalanceState;
  /** Makes random choices differ between services; any text that stays the same. */
  readonly seed?: string;
  /** Free resources by container instance: binpack scales in where the most is free. */
  readonly instanceFree?: Readonly<Record<string, { readonly cpu: number; readonly memoryMiB: number }>>;
  /** Attributes by container instance, for a spread over others than the zone. */
  readonly instanceAttributes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Set for a DAEMON service only. */
  readonly daemon?: DaemonInstances;
}

/** What scale-in has to know of the tasks' instances where the strategy looks at more than zone and instance. */
export type InstanceFacts = Pick<ServiceSnapshot, 'instanceFree' | 'instanceAttributes'>;

/** The sorted instances of a DAEMON service; see scheduler/daemon/sort-instances.ts. */
export interface DaemonInstances {
  /** Each of these gets a task: their number is the desired count. */
  readonly eligible: readonly string[];
  /** Instances with a task that no longer belongs there. */
  readonly violating: readonly string[];
  readonly draining: readonly string[];
  /** Instances of `draining` that still have tasks of REPLICA services: the daemon task stops after these. */
  readonly busyDraining: readonly string[];
  /** Instances without room: nothing starts there before `placementRetryAt`. */
  readonly refused: readonly string[];
  /** When to look at the instances again. */
  readonly lookAgainAt: EpochMs;
}

/** Start `count` tasks of a deployment. */
export interface StartDecision {
  readonly deploymentId: string;
  readonly count: number;
  /** Unhealthy tasks that the new tasks replace, at most `count`. */
  readonly replaces: readonly string[];
  /** The reasons, each with its number of tasks; together they make up `count`. */
  readonly because: readonly { readonly reason: StartReason; readonly count: number }[];
  /** Set for rebalancing: start only in this availability zone. */
  readonly zone?: string;
  /** DAEMON: one task on each of these, `count` in all. */
  readonly instanceIds?: readonly string[];
}

export interface StopDecision {
  readonly taskId: string;
  readonly stopCode: StopCode;
  readonly stoppedReason: string;
  readonly because: StopReasonCode;
}

/** Something that must happen before the service continues. */
export interface Wait {
  readonly for: WaitReason;
  /** How many tasks wait. */
  readonly tasks: number;
  /** The latest end of the wait. */
  readonly until?: EpochMs;
}

interface Verdict {
  readonly deploymentId: string;
  readonly rolloutStateReason: string;
  /** The circuit breaker, an order, or a hook that timed out. */
  readonly because: DeploymentReason;
}

export type DeploymentDecision =
  | { readonly kind: 'complete'; readonly deploymentId: string; readonly rolloutStateReason: string }
  /** The deployment is fully replaced and leaves `deployments[]`. */
  | { readonly kind: 'remove'; readonly deploymentId: string }
  /** The deployment has failed and launches nothing more. */
  | ({ readonly kind: 'fail' } & Verdict)
  /** The service rolls back to the deployment: PRIMARY again, IN_PROGRESS. */
  | ({ readonly kind: 'rollBack' } & Verdict)
  /** A task set has become stable, or is no longer stable. */
  | { readonly kind: 'stability'; readonly deploymentId: string; readonly status: StabilityStatus }
  /** How many more of its tasks have failed, by the circuit breaker's rules. */
  | { readonly kind: 'count'; readonly deploymentId: string; readonly failures: number };

/** What to do now. An empty plan with a wakeAt is normal: there is nothing to do until then, or until something changes. */
export interface ServicePlan {
  readonly start: readonly StartDecision[];
  readonly stop: readonly StopDecision[];
  readonly deployments: readonly DeploymentDecision[];
  /** The next value of the snapshot's `serviceDeployments`; absent: unchanged. */
  readonly serviceDeployments?: readonly ServiceDeployment[];
  /** Service events that follow from the snapshot alone, oldest first; events that name started tasks come later. */
  readonly events: readonly string[];
  /** EventBridge's service actions. Deployment changes are not among them: the owner derives those from the list. */
  readonly actions: readonly ServiceAction[];
  /** The next values of the snapshot's `steadySince` and `notedAt`. */
  readonly steadySince?: EpochMs;
  readonly notedAt: Readonly<Record<string, EpochMs>>;
  /** The next value of the snapshot's `movingIds`. */
  readonly movingIds?: readonly string[];
  /** A DRAINING service without tasks becomes INACTIVE. */
  readonly becomesInactive: boolean;
  /** Plan again by then. */
  readonly wakeAt?: EpochMs;
  /** What the service is waiting for; empty if it is steady or gone. */
  readonly waits: readonly Wait[];
  /** The same in one line for people. */
  readonly waitingFor: string;
  /** How many tasks the service wants, and its bounds. */
  readonly bounds: { readonly desired: number; readonly lower: number; readonly upper: number };
}
