/** The snapshot, sorted into what every part of the plan reads. */
import type { Deployment } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import { serviceBounds } from './bounds.ts';
import type { ServiceBounds } from './bounds.ts';
import { classifyTasks } from './classify.ts';
import type { ClassifiedTask } from './classify.ts';
import { OPEN_GATE, type RolloutGate } from './gate.ts';
import type { SchedulerPolicy } from './policy.ts';
import type { ServiceSnapshot } from './types.ts';

export interface ServiceView {
  readonly snapshot: ServiceSnapshot;
  readonly now: EpochMs;
  readonly policy: SchedulerPolicy;
  /** 0 for a service being deleted. */
  readonly desired: number;
  readonly bounds: ServiceBounds;
  readonly primary: Deployment | undefined;
  /** Tasks of the PRIMARY deployment that are not stopping. */
  readonly current: readonly ClassifiedTask[];
  /** Tasks of every other deployment that are not stopping. */
  readonly old: readonly ClassifiedTask[];
  readonly stopping: readonly ClassifiedTask[];
  /** ACTIVE deployments that still have a task, even a stopping one; newest first. */
  readonly rollingOut: readonly Deployment[];
  /** What the stage of the rollout holds back. */
  readonly gate: RolloutGate;
}

export function viewService(snapshot: ServiceSnapshot, now: EpochMs, policy: SchedulerPolicy): ServiceView {
  const desired = snapshot.status === 'ACTIVE' ? snapshot.definition.desiredCount : 0;
  const primary = snapshot.deployments.find(({ status }) => status === 'PRIMARY');
  const current: ClassifiedTask[] = [];
  const old: ClassifiedTask[] = [];
  const stopping: ClassifiedTask[] = [];
  for (const item of classifyTasks(snapshot, now, policy)) {
    if (item.bucket === 'stopping') stopping.push(item);
    else if (item.task.deploymentId === primary?.deploymentId) current.push(item);
    else old.push(item);
  }
  const withTasks = new Set(snapshot.tasks.map(({ deploymentId }) => deploymentId));
  const rollingOut = snapshot.deployments.filter(
    ({ status, deploymentId }) => status === 'ACTIVE' && withTasks.has(deploymentId),
  );
  const bounds = serviceBounds(desired, snapshot.definition);
  return { snapshot, now, policy, desired, bounds, primary, current, old, stopping, rollingOut, gate: OPEN_GATE };
}

/** The service is being deleted, or is deleted. */
export const isLeaving = (view: ServiceView): boolean => view.snapshot.status !== 'ACTIVE';

/** Tasks of the PRIMARY deployment that count towards the desired count: not unhealthy and not on a DRAINING instance. */
export const isGood = ({ bucket }: ClassifiedTask): boolean =>
  bucket === 'pending' || bucket === 'settling' || bucket === 'healthy' || bucket === 'unhealthyInGrace';

/** Becoming healthy: time or the next report decides. */
export const isComingUp = ({ bucket }: ClassifiedTask): boolean => bucket === 'pending' || bucket === 'settling';

/**
 * A task of an old deployment that started during this rollout: it replaces a task that the old deployment lost,
 * so it does not stop merely because it is pending.
 */
export const isOldReplacement = (view: ServiceView, { task }: ClassifiedTask): boolean =>
  view.primary !== undefined && task.createdAt >= (view.primary.rolledBackAt ?? view.primary.createdAt);

/** The PRIMARY deployment has FAILED: it launches nothing, and no more old tasks stop to make room for it. */
export const isGivenUp = ({ primary }: ServiceView): boolean => primary?.rolloutState === 'FAILED';

/** Until when a replaced FAILED deployment stays listed. */
export const shownUntil = ({ policy }: ServiceView, { status, rolloutState, updatedAt }: Deployment): EpochMs =>
  status === 'ACTIVE' && rolloutState === 'FAILED' ? updatedAt + policy.failedDeploymentShownMs : 0;

/** Until when no launch is allowed; undefined if launches are allowed now. */
export function launchesHeldUntil({ snapshot, now }: ServiceView): EpochMs | undefined {
  const until = Math.max(snapshot.placementRetryAt ?? 0, snapshot.throttle.nextLaunchAt ?? 0);
  return until > now ? until : undefined;
}
