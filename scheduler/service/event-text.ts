/** The messages of service events, in ECS's words. ECS writes `1 tasks`, never the singular. */

export const about = (serviceName: string, text: string): string => `(service ${serviceName}) ${text}`;
export const named = (taskIds: readonly string[]): string => taskIds.map((id) => `(task ${id})`).join(' ');
const TROUBLESHOOTING = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

/** Tasks named in one event at most: longer lists become several events. */
export const TASKS_PER_EVENT = 100;

/** Cuts a list into pieces of at most TASKS_PER_EVENT. */
export function eventBatches(taskIds: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(taskIds.length / TASKS_PER_EVENT);
  return Array.from({ length: count }, (_, i) => taskIds.slice(i * TASKS_PER_EVENT, (i + 1) * TASKS_PER_EVENT));
}

/** `replacedUnhealthy`: how many of the started tasks replace unhealthy ones. */
export function startedTasks(serviceName: string, taskIds: readonly string[], replacedUnhealthy: number): string {
  const started = about(serviceName, `has started ${taskIds.length} tasks: ${named(taskIds)}.`);
  if (replacedUnhealthy === 0) return started;
  return `${started} Amazon ECS replaced ${replacedUnhealthy} tasks due to an unhealthy status.`;
}

export const stoppedRunningTasks = (serviceName: string, taskIds: readonly string[]): string =>
  about(serviceName, `has stopped ${taskIds.length} running tasks: ${named(taskIds)}.`);

export const stoppedPendingTasks = (serviceName: string, count: number): string =>
  about(serviceName, `stopped ${count} pending tasks.`);

export const steadyState = (serviceName: string): string => about(serviceName, 'has reached a steady state.');

/** A task set has become stable; `name` has the service and the set. */
export const taskSetSteady = (name: string): string => about(name, 'updated state to STEADY_STATE.');

export const deploymentCompleted = (serviceName: string, deploymentId: string): string =>
  about(serviceName, `(deployment ${deploymentId}) deployment completed.`);

/** `cause` ends with a full stop. */
export const deploymentFailed = (serviceName: string, deploymentId: string, cause = 'tasks failed to start.'): string =>
  about(serviceName, `(deployment ${deploymentId}) deployment failed: ${cause}`);

export const rollingBack = (serviceName: string, deploymentId: string): string =>
  about(serviceName, `rolling back to deployment ${deploymentId}.`);

export const healthCheckFailed = (serviceName: string, taskId: string): string =>
  about(serviceName, `(task ${taskId}) failed container health checks.`);

/** The throttle has begun to slow the launches. */
export const unableToStart = (serviceName: string): string =>
  about(serviceName, `is unable to consistently start tasks successfully. ${TROUBLESHOOTING}`);

/** Daemon tasks stop because their instances changed. ECS does not publish this text; it uses the event's name. */
export const constraintViolated = (serviceName: string, taskIds: readonly string[]): string =>
  about(
    serviceName,
    `found ${taskIds.length} tasks on container instances that no longer meet the placement constraints: ${named(taskIds)}.`,
  );

/** Tasks wait in PROVISIONING, and no instance of their capacity provider can take one. */
export const providerIsEmpty = (serviceName: string): string =>
  about(
    serviceName,
    'was unable to reach steady state. Reason: No Container Instances were found in your capacity provider.',
  );

/** The bounds block a rollout: no task may start or stop. */
export const blockedByBounds = (serviceName: string): string =>
  about(
    serviceName,
    'was unable to stop or start tasks during a deployment because of the service deployment configuration. ' +
      'Update the minimumHealthyPercent or maximumPercent value and try again.',
  );

const UNDER_PROTECTION = ' tasks under protection)';
/** Protected tasks keep the service from its desired count, revision or instances. */
export const heldByProtection = (serviceName: string, deploymentId: string, count: number): string =>
  about(
    serviceName,
    `was unable to reach steady state because (taskSet ${deploymentId}) was unable to scale in due to ` +
      `(reason ${count}${UNDER_PROTECTION}`,
  );

export const isHeldByProtection = (message: string): boolean => message.endsWith(UNDER_PROTECTION);

/** The stoppedReason of a task that scale-in, a rollout, draining or deletion ends. */
export const scalingStopReason = (deploymentId: string): string =>
  `Scaling activity initiated by (deployment ${deploymentId})`;

/** The stoppedReason of a task replaced as unhealthy. */
export const UNHEALTHY_STOP_REASON = 'Task failed container health checks';

/** The stoppedReason of a daemon task whose instance does not meet the constraints, or no longer does. */
export const CONSTRAINT_STOP_REASON = 'Container instance no longer meets the placement constraints of the service';

/** The stoppedReason of a task that moved to another zone. */
export const rebalancingStopReason = (deploymentId: string): string =>
  `Availability-zone rebalancing initiated by (deployment ${deploymentId})`;
