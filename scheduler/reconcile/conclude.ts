/** What the state of a rollout comes to: deployments that are done, and whether the service is steady. */
import { completedReason } from '../rollout/deployments.ts';
import { rollbackTarget } from '../rollout/circuit-breaker.ts';
import { isReady } from './classify.ts';
import type { StartPlan } from './plan-starts.ts';
import type { DeploymentDecision } from './types.ts';
import { isGood, isLeaving, shownUntil } from './view.ts';
import type { ServiceView } from './view.ts';

export interface Conclusion {
  readonly deployments: readonly DeploymentDecision[];
  readonly completed: string | undefined;
  readonly steady: boolean;
}

/** A deployment with no task left, not even one that is stopping, and none to come; nor may a rollback go to it. */
function drainedDeployments(view: ServiceView, starts: StartPlan, completes: boolean): readonly string[] {
  const { definition, deployments } = view.snapshot;
  const target = completes ? undefined : rollbackTarget(definition, deployments);
  const kept = new Set([...view.rollingOut, ...starts.start].map(({ deploymentId }) => deploymentId));
  return deployments
    .filter(({ status, deploymentId }) => status === 'ACTIVE' && !kept.has(deploymentId))
    .filter((deployment) => deployment !== target && shownUntil(view, deployment) <= view.now)
    .map(({ deploymentId }) => deploymentId);
}

/** All that the PRIMARY deployment wants runs, healthy where that is checked; and nothing else is left of older ones. */
function isRolledOut({ primary, current, old, stopping, desired }: ServiceView): boolean {
  const ready = current.filter((item) => isGood(item) && isReady(item.task)).length;
  const oldLeft = old.length > 0 || stopping.some(({ task }) => task.deploymentId !== primary?.deploymentId);
  return primary !== undefined && ready >= desired && !oldLeft;
}

/** Removals, completion and steady state, as the snapshot shows them before the plan is carried out. */
export function conclude(view: ServiceView, starts: StartPlan): Conclusion {
  if (isLeaving(view)) return { deployments: [], completed: undefined, steady: false };
  const { primary } = view;
  const rolledOut = isRolledOut(view);
  const completed = rolledOut && primary?.rolloutState === 'IN_PROGRESS' ? primary.deploymentId : undefined;
  const removed = drainedDeployments(view, starts, completed !== undefined).map(
    (deploymentId) => ({ kind: 'remove', deploymentId }) as const,
  );
  const completion: readonly DeploymentDecision[] =
    completed === undefined
      ? []
      : [{ kind: 'complete', deploymentId: completed, rolloutStateReason: completedReason(completed) }];
  const atRest = view.current.length === view.desired && view.stopping.length === 0 && view.current.every(isGood);
  const wasCompleted = primary?.rolloutState === 'COMPLETED' || completed !== undefined;
  return { deployments: [...removed, ...completion], completed, steady: rolledOut && atRest && wasCompleted };
}
