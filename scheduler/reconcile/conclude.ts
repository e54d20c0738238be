/** What the state of a rollout comes to: deployments that are done, and whether the service is steady. */
import { completedReason } from '../rollout/deployments.ts';
import { rollbackTarget } from '../rollout/circuit-breaker.ts';
import { isEarlySuccess, type RolloutFacts } from '../rollout/stages.ts';
import { isReady } from '../service/classify.ts';
import type { StartPlan } from '../service/start-plan.ts';
import type { DeploymentDecision } from '../service/types.ts';
import { isGood, isLeaving, shownUntil } from '../service/view.ts';
import type { ServiceView } from '../service/view.ts';

export interface Conclusion {
  readonly deployments: readonly DeploymentDecision[];
  readonly completed: string | undefined;
  readonly steady: boolean;
}

/** A deployment with no task left, not even one that is stopping, and none to come; nor may a rollback go to it. */
function drainedDeployments(view: ServiceView, starts: StartPlan, completes: boolean): readonly string[] {
  const { deployments } = view.snapshot;
  const target = completes ? undefined : rollbackTarget(view.snapshot);
  const kept = new Set([...view.rollingOut, ...starts.start].map(({ deploymentId }) => deploymentId));
  return deployments
    .filter(({ status, deploymentId }) => status === 'ACTIVE' && !kept.has(deploymentId))
    .filter((deployment) => deployment !== target && shownUntil(view, deployment) <= view.now)
    .map(({ deploymentId }) => deploymentId);
}

/** All that the PRIMARY deployment wants runs, healthy where that is checked; and nothing else is left of older ones. */
function isRolledOut({ primary, desired }: ServiceView, { ready, oldLeft }: RolloutFacts): boolean {
  return primary !== undefined && ready >= desired && !oldLeft;
}

/** What the stages of a rollout go by. */
export function rolloutFacts({ snapshot, primary, current, old, stopping, desired, now }: ServiceView): RolloutFacts {
  return {
    definition: snapshot.definition,
    desired,
    ready: current.filter((item) => isGood(item) && isReady(item.task)).length,
    oldLeft: old.length > 0 || stopping.some(({ task }) => task.deploymentId !== primary?.deploymentId),
    now,
  };
}

/** Removals, completion and steady state, as the snapshot shows them before the plan is carried out. */
export function conclude(view: ServiceView, starts: StartPlan): Conclusion {
  if (isLeaving(view)) return { deployments: [], completed: undefined, steady: false };
  const { primary } = view;
  const facts = rolloutFacts(view);
  const rolledOut = isRolledOut(view, facts) && starts.wanted === 0;
  // A rollback asks for all of it, whatever early success says.
  const early = primary !== undefined && primary.rolledBackAt === undefined && isEarlySuccess(facts);
  const completes = (rolledOut || early) && view.gate.mayComplete && primary?.rolloutState === 'IN_PROGRESS';
  const completed = completes ? primary.deploymentId : undefined;
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
