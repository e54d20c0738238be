/** Times of the service scheduler that users of ECS cannot set. */

/** A task without health checks of essential containers counts towards minimumHealthyPercent after RUNNING this long. */
export const HEALTHY_AFTER_RUNNING_MS = 40_000;
/** While a service stays steady, it repeats the event this often. */
export const STEADY_EVENT_EVERY_MS = 6 * 3_600_000;
/** An event with a lasting cause is not repeated before this time. */
export const REPEAT_EVENT_AFTER_MS = 6 * 3_600_000;
/**
 * A replaced FAILED deployment stays in `deployments[]` this long, so that a tool that polls for its id sees how it ended
 * even if the rollback takes no time.
 */
export const FAILED_DEPLOYMENT_SHOWN_MS = 60_000;
/**
 * ECS does not document whether draining ends a protected task. Here draining waits, as a rollout does: the replacement
 * starts, and the task stops when its protection ends. StopTask and a forced deregistration end it at once.
 */
export const PROTECTION_HOLDS_DRAINING = true;

export interface SchedulerPolicy {
  readonly healthyAfterRunningMs: number;
  readonly steadyEventEveryMs: number;
  readonly repeatEventAfterMs: number;
  readonly failedDeploymentShownMs: number;
  readonly protectionHoldsDraining: boolean;
}

export const DEFAULT_POLICY: SchedulerPolicy = {
  healthyAfterRunningMs: HEALTHY_AFTER_RUNNING_MS,
  steadyEventEveryMs: STEADY_EVENT_EVERY_MS,
  repeatEventAfterMs: REPEAT_EVENT_AFTER_MS,
  failedDeploymentShownMs: FAILED_DEPLOYMENT_SHOWN_MS,
  protectionHoldsDraining: PROTECTION_HOLDS_DRAINING,
};
