/** The messages of service events, in ECS's words. `1 tasks` is never put in the singular. */

const about = (serviceName: string, text: string): string => `(service ${serviceName}) ${text}`;
const named = (taskIds: readonly string[]): string => taskIds.map((id) => `(task ${id})`).join(' ');
const TROUBLESHOOTING = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

/** Tasks named in one event at most: longer lists become several events. */
export const TASKS_PER_EVENT = 100;

/** A list cut into pieces of at most TASKS_PER_EVENT. */
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

export const deploymentCompleted = (serviceName: string, deploymentId: string): string =>
  about(serviceName, `(deployment ${deploymentId}) deployment completed.`);

export const deploymentFailed = (serviceName: string, deploymentId: string): string =>
  about(serviceName, `(deployment ${deploymentId}) deployment failed: tasks failed to start.`);

export const rollingBack = (serviceName: string, deploymentId: string): string =>
  about(serviceName, `rolling back to deployment ${deploymentId}.`);

export const healthCheckFailed = (serviceName: string, taskId: string): string =>
  about(serviceName, `(task ${taskId}) failed container health checks.`);

/** The throttle has begun to slow the launches. */
export const unableToStart = (serviceName: string): string =>
  about(serviceName, `is unable to consistently start tasks successfully. ${TROUBLESHOOTING}`);

/** The bounds leave a rollout no step: neither may a task start nor may one stop. */
export const blockedByBounds = (serviceName: string): string =>
  about(
    serviceName,
    'was unable to stop or start tasks during a deployment because of the service deployment configuration. ' +
      'Update the minimumHealthyPercent or maximumPercent value and try again.',
  );

/** The stoppedReason of a task that scale-in, a rollout, draining or deletion ends. */
export const scalingStopReason = (deploymentId: string): string =>
  `Scaling activity initiated by (deployment ${deploymentId})`;

/** The stoppedReason of a task that is replaced because it is unhealthy. */
export const UNHEALTHY_STOP_REASON = 'Task failed container health checks';
