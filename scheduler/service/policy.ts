/** The times of the service scheduler that ECS does not let a user set. */

/** A task whose essential containers have no health check counts towards minimumHealthyPercent after RUNNING this long. */
export const HEALTHY_AFTER_RUNNING_MS = 40_000;
/** While a service stays steady, the event is written again this often. */
export const STEADY_EVENT_EVERY_MS = 6 * 3_600_000;
/** An event whose cause stands is not written again before this time. */
export const REPEAT_EVENT_AFTER_MS = 6 * 3_600_000;
/**
 * A FAILED deployment that was replaced stays in `deployments[]` this long, so that a tool which polls for its id sees how
 * it ended even where the rollback takes no time.
 */
export const FAILED_DEPLOYMENT_SHOWN_MS = 60_000;
/**
 * ECS does not say whether draining ends a protected task. Here it waits, as a rollout does: the replacement is started,
 * and the task goes when its protection ends. StopTask and a forced deregistration end it at once.
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
