/**
 * The deployment circuit breaker: when a deployment whose tasks keep failing is FAILED, and where it rolls back to.
 * It watches the PRIMARY deployment while this is IN_PROGRESS; the deployment's `failedTasks` is its count.
 */
import type { BreakerMonitor, ServiceDeployment } from '../../model/service-deployment.ts';
import type { Deployment, ServiceDefinition } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import { isReady } from '../service/classify.ts';
import type { DeploymentDecision, ServiceSnapshot, ServiceTask } from '../service/types.ts';
import { hasEnded } from './deployment-status.ts';
import { underWay } from './service-deployments.ts';

type BreakerSettings = NonNullable<ServiceDefinition['deploymentCircuitBreaker']>;
type Threshold = NonNullable<BreakerSettings['thresholdConfiguration']>;

/** ECS's default when a service does not set its own. */
export const DEFAULT_THRESHOLD = { type: 'BOUNDED_PERCENT', value: 50 } as const satisfies Threshold;
/** The limits of BOUNDED_PERCENT. */
const LEAST_BOUNDED = 3;
const MOST_BOUNDED = 200;

/** The texts of `rolloutStateReason`. */
export const FAILED_REASON = 'ECS deployment circuit breaker: tasks failed to start.';
export const rollingBackReason = (deploymentId: string): string =>
  `ECS deployment circuit breaker: rolling back to deploymentId ${deploymentId}.`;

/** How many failed tasks fail a deployment; at least 1, so that a service without tasks does not fail without a failure. */
export function breakerThreshold(threshold: Threshold | undefined, desiredCount: number): number {
  const { type = DEFAULT_THRESHOLD.type, value = DEFAULT_THRESHOLD.value } = threshold ?? {};
  if (type === 'COUNT') return Math.max(1, value);
  const share = Math.ceil((value * desiredCount) / 100);
  if (type === 'UNBOUNDED_PERCENT') return Math.max(1, share);
  return Math.min(Math.max(share, LEAST_BOUNDED), MOST_BOUNDED);
}

/** The settings of an enabled breaker. */
const enabled = ({ deploymentCircuitBreaker: breaker }: ServiceDefinition): BreakerSettings | undefined =>
  breaker?.enable === true ? breaker : undefined;

/** A deployment being rolled out: what the breaker watches. */
const isRollingOut = ({ status, rolloutState }: Deployment): boolean =>
  status === 'PRIMARY' && rolloutState === 'IN_PROGRESS';

/** The deployment that the breaker watches now, if any. */
export const watchedDeployment = (
  definition: ServiceDefinition,
  deployments: readonly Deployment[],
): Deployment | undefined => (enabled(definition) ? deployments.find(isRollingOut) : undefined);

/** The most recent ACTIVE deployment that completed. */
export const lastCompleted = (deployments: readonly Deployment[]): Deployment | undefined =>
  deployments.find(({ status, rolloutState }) => status === 'ACTIVE' && rolloutState === 'COMPLETED');

/**
 * The rollback target: it stays in the list without tasks until PRIMARY has completed, and its task definition stays
 * known with it.
 */
export function rollbackTarget({
  definition,
  deployments,
  serviceDeployments,
}: Pick<ServiceSnapshot, 'definition' | 'deployments' | 'serviceDeployments'>): Deployment | undefined {
  // A user may order a rollback whether the breaker is enabled or not.
  const mayRollBack = enabled(definition) !== undefined || underWay(serviceDeployments) !== undefined;
  const completed = deployments.some(
    ({ status, rolloutState }) => status === 'PRIMARY' && rolloutState === 'COMPLETED',
  );
  return mayRollBack && !completed ? lastCompleted(deployments) : undefined;
}

/** The breaker's state, as a service deployment shows it. */
export function breakerMonitor(
  definition: ServiceDefinition,
  deployments: readonly Deployment[],
  { deploymentId, status, breakerTriggered }: ServiceDeployment,
): BreakerMonitor {
  const breaker = enabled(definition);
  const failureCount = deployments.find((each) => each.deploymentId === deploymentId)?.failedTasks ?? 0;
  const threshold = breakerThreshold(breaker?.thresholdConfiguration, definition.desiredCount);
  if (breaker === undefined) return { status: 'DISABLED', failureCount, threshold };
  if (breakerTriggered === true) return { status: 'TRIGGERED', failureCount, threshold };
  return { status: hasEnded(status) ? 'MONITORING_COMPLETE' : 'MONITORING', failureCount, threshold };
}

export interface BreakerEvaluation {
  readonly definition: ServiceDefinition;
  /** PRIMARY first, then newest first. */
  readonly deployments: readonly Deployment[];
  /** Tasks of the watched deployment that the plan is about to replace as unhealthy: not in its count yet. */
  readonly newFailures: number;
}

/** What the breaker decides: `failed` is set when it trips, `target` when it also rolls back. */
export interface BreakerVerdict {
  readonly decisions: readonly DeploymentDecision[];
  readonly failed?: Deployment;
  readonly target?: Deployment;
}

/**
 * Counts the new failures, and fails the watched deployment when its count reaches the threshold. With rollback, the
 * most recent COMPLETED deployment becomes PRIMARY again, under its own id; without one the rollout stalls.
 */
export function evaluateCircuitBreaker({ definition, deployments, newFailures }: BreakerEvaluation): BreakerVerdict {
  const breaker = enabled(definition);
  const watched = watchedDeployment(definition, deployments);
  if (breaker === undefined || watched === undefined) return { decisions: [] };
  const { deploymentId } = watched;
  const counted: readonly DeploymentDecision[] =
    newFailures > 0 ? [{ kind: 'count', deploymentId, failures: newFailures }] : [];
  const threshold = breakerThreshold(breaker.thresholdConfiguration, definition.desiredCount);
  if (watched.failedTasks + newFailures < threshold) return { decisions: counted };
  const failed: DeploymentDecision = {
    kind: 'fail',
    deploymentId,
    rolloutStateReason: FAILED_REASON,
    because: 'circuitBreaker',
  };
  const target = breaker.rollback === true ? lastCompleted(deployments) : undefined;
  if (target === undefined) return { decisions: [...counted, failed], failed: watched };
  const { deploymentId: targetId } = target;
  const back: DeploymentDecision = {
    kind: 'rollBack',
    deploymentId: targetId,
    rolloutStateReason: rollingBackReason(targetId),
    because: 'rolledBack',
  };
  return { decisions: [...counted, failed, back], failed: watched, target };
}

/**
 * Which of the tasks that failed to start count in `failedTasks`. With a breaker, only those that failed before any task
 * of their deployment ran: from then on health checks count. A FAILED deployment's count no longer changes.
 */
export function countableFailures<T extends { readonly deploymentId: string }>(
  definition: ServiceDefinition,
  deployments: readonly Deployment[],
  failed: readonly T[],
): readonly T[] {
  const watched = watchedDeployment(definition, deployments);
  const silent = deployments
    .filter((deployment) => deployment.rolloutState === 'FAILED')
    .concat(watched?.reachedRunning === true ? [watched] : []);
  const ids = new Set(silent.map(({ deploymentId }) => deploymentId));
  return failed.filter(({ deploymentId }) => !ids.has(deploymentId));
}

/** What a report means for the task's deployment. */
export interface TaskProgress {
  readonly deploymentId: string;
  /** The task reached RUNNING. */
  readonly started: boolean;
  /** The task became healthy; without a health check that means RUNNING. */
  readonly healthy: boolean;
}

export const taskProgress = (before: ServiceTask, after: ServiceTask): TaskProgress => ({
  deploymentId: after.deploymentId,
  started: before.startedAt === undefined && after.startedAt !== undefined,
  healthy: !isReady(before) && isReady(after),
});

/**
 * The deployments after progress of their tasks: each remembers that one of its tasks has run, and a healthy task resets
 * the breaker's count, unless resetOnHealthyTask is false.
 */
export function withTaskProgress(
  definition: ServiceDefinition,
  deployments: readonly Deployment[],
  progress: readonly TaskProgress[],
  now: EpochMs,
): readonly Deployment[] {
  const started = new Set(progress.filter((task) => task.started).map(({ deploymentId }) => deploymentId));
  const healthy = new Set(progress.filter((task) => task.healthy).map(({ deploymentId }) => deploymentId));
  const watched = watchedDeployment(definition, deployments);
  const resets = definition.deploymentCircuitBreaker?.resetOnHealthyTask !== false;
  return deployments.map((deployment) => {
    const { deploymentId, failedTasks } = deployment;
    const ran = deployment.reachedRunning !== true && started.has(deploymentId);
    const reset = resets && deployment === watched && failedTasks > 0 && healthy.has(deploymentId);
    if (!ran && !reset) return deployment;
    return {
      ...deployment,
      ...(ran ? { reachedRunning: true } : {}),
      ...(reset ? { failedTasks: 0, updatedAt: now } : {}),
    };
  });
}

/** The service's definition after a rollback: the members that deployments copy from it are the target's again. */
export function definitionAfterRollback(definition: ServiceDefinition, target: Deployment): ServiceDefinition {
  const {
    networkConfiguration: _network,
    platformVersion: _platform,
    launchType: _launchType,
    capacityProviderStrategy: _strategy,
    ...rest
  } = definition;
  const { networkConfiguration, platformVersion, launchType, capacityProviderStrategy } = target;
  return {
    ...rest,
    ...(launchType === undefined ? {} : { launchType }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
  };
}
