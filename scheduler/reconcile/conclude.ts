/** Which deployments are done, and whether the service is steady. */
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

/** A deployment without tasks, even stopping ones, that gets no more tasks and is no rollback target. */
function drainedDeployments(view: ServiceView, starts: StartPlan, completes: boolean): readonly string[] {
  const { deployments } = view.snapshot;
  const target = completes ? undefined : rollbackTarget(view.snapshot);
  const kept = new Set([...view.rollingOut, ...starts.start].map(({ deploymentId }) => deploymentId));
  return deployments
    .filter(({ status, deploymentId }) => status === 'ACTIVE' && !kept.has(deploymentId))
    .filter((deployment) => deployment !== target && shownUntil(view, deployment) <= view.now)
    .map(({ deploymentId }) => deploymentId);
}

/** PRIMARY has all its tasks, running and, with a health check, healthy; and no task of an older deployment is left. */
function isRolledOut({ primary, desired }: ServiceView, { ready, oldLeft }: RolloutFacts): boolean {
  return primary !== undefined && ready >= desired && !oldLeft;
}

/** The facts that decide on the stages of a rollout. */
export function rolloutFacts({ snapshot, primary, current, old, stopping, desired, now }: ServiceView): RolloutFacts {
  return {
    definition: snapshot.definition,
    desired,
    ready: current.filter((item) => isGood(item) && isReady(item.task)).length,
    oldLeft: old.length > 0 || stopping.some(({ task }) => task.deploymentId !== primary?.deploymentId),
    now,
  };
}

/** Removals, completion and steady state, by the snapshot before the plan is carried out. */
export function conclude(view: ServiceView, starts: StartPlan): Conclusion {
  if (isLeaving(view)) return { deployments: [], completed: undefined, steady: false };
  const { primary } = view;
  const facts = rolloutFacts(view);
  const rolledOut = isRolledOut(view, facts) && starts.wanted === 0;
  // A rollback needs all its tasks, whatever early success says.
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
