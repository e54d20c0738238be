/** A service's service deployments: how each begins, and how calls and plans change it. */
import type { LifecycleStage, ServiceDeployment, ServiceDeploymentStatus } from '../../model/service-deployment.ts';
import type { Deployment } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import type { DeploymentDecision, ServicePlan, ServiceSnapshot } from '../service/types.ts';
import { hasEnded, mayFollow } from './deployment-status.ts';

/** The texts of `statusReason`. */
export const SUPERSEDED_REASON = 'Service deployment was stopped because a newer service deployment started.';
export const SERVICE_DELETED_REASON = 'Service deployment was stopped because the service is being deleted.';
export const USER_STOP_REASON = 'Service deployment was stopped by the user.';
export const USER_ROLLBACK_REASON = 'Service deployment rolled back because the user requested it.';
export const FAILED_STOP_REASON = 'Service deployment was stopped because the circuit breaker threshold was exceeded.';
export const COMPLETED_REASON = 'Service deployment completed.';
export const NOTHING_TO_ROLL_BACK_TO =
  'Service deployment was stopped: there is no completed service revision to roll back to.';

type Changes = Partial<Omit<ServiceDeployment, 'serviceDeploymentId' | 'status' | 'version'>>;

/** The deployment with these changes, as a new version. */
export const changed = (deployment: ServiceDeployment, changes: Changes, now: EpochMs): ServiceDeployment => ({
  ...deployment,
  ...changes,
  updatedAt: now,
  version: deployment.version + 1,
});

/** The deployment in its next status; unchanged if that status may not follow. */
export function moved(
  deployment: ServiceDeployment,
  status: ServiceDeploymentStatus,
  now: EpochMs,
  changes: Changes = {},
): ServiceDeployment {
  if (!mayFollow(deployment.status, status)) return deployment;
  const ended: Changes = hasEnded(status) ? { finishedAt: now } : {};
  const stopped: Changes = status === 'STOPPED' ? { stoppedAt: now } : {};
  const started: Changes = status === 'IN_PROGRESS' ? { startedAt: now } : {};
  return { ...changed(deployment, { ...started, ...stopped, ...ended, ...changes }, now), status };
}

/** Ends a deployment because a newer one replaces it: a rollback under way fails, anything else will stop. */
function supersede(deployment: ServiceDeployment, reason: string, now: EpochMs): ServiceDeployment {
  const why = { statusReason: reason };
  if (deployment.status === 'ROLLBACK_IN_PROGRESS') return moved(deployment, 'ROLLBACK_FAILED', now, why);
  if (deployment.status === 'ROLLBACK_REQUESTED') return moved(deployment, 'STOPPED', now, why);
  return moved(deployment, 'STOP_REQUESTED', now, why);
}

export interface NewServiceDeployment {
  readonly serviceDeploymentId: string;
  /** The new PRIMARY. */
  readonly deployment: Deployment;
  /** Older deployments with tasks; newest first. */
  readonly sources: readonly Deployment[];
}

const revisionOf = ({ serviceRevisionId }: Deployment): readonly string[] =>
  serviceRevisionId === undefined ? [] : [serviceRevisionId];

/** The list with a new PENDING one in front; all that have not ended will stop. */
export function startServiceDeployment(
  list: readonly ServiceDeployment[],
  { serviceDeploymentId, deployment, sources }: NewServiceDeployment,
  now: EpochMs,
): readonly ServiceDeployment[] {
  const fresh: ServiceDeployment = {
    serviceDeploymentId,
    deploymentId: deployment.deploymentId,
    targetRevisionId: deployment.serviceRevisionId ?? '',
    sourceRevisionIds: [...new Set(sources.flatMap(revisionOf))],
    status: 'PENDING',
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
  const older = list.filter(({ status }) => !hasEnded(status));
  return [fresh, ...older.map((each) => supersede(each, SUPERSEDED_REASON, now))];
}

/** All that have not ended will stop, because the service is deleted. */
export const stopServiceDeployments = (
  list: readonly ServiceDeployment[],
  now: EpochMs,
): readonly ServiceDeployment[] => list.map((each) => supersede(each, SERVICE_DELETED_REASON, now));

/** The one that is rolling out now, if any: the newest, until it ends. */
export const underWay = (list: readonly ServiceDeployment[] | undefined): ServiceDeployment | undefined => {
  const current = list?.[0];
  return current !== undefined && !hasEnded(current.status) ? current : undefined;
};

/** The part of a plan that affects service deployments. */
export interface PlanFacts {
  readonly decisions: readonly DeploymentDecision[];
  readonly deployments: readonly Deployment[];
  /** Why the plan fails a deployment; absent: the circuit breaker. */
  readonly reason?: string;
  readonly breakerTriggered: boolean;
}

const BREAKER_ROLLBACK_REASON = 'Service deployment rolled back because the circuit breaker threshold was exceeded.';

/** The stage in which a deployment succeeds. */
const LAST_STAGE: LifecycleStage = 'CLEAN_UP';

const withoutWaits = (deployment: ServiceDeployment): Changes =>
  deployment.hooks?.some(({ status }) => status === 'AWAITING_ACTION') === true
    ? {
        hooks: deployment.hooks.map((hook) =>
          hook.status === 'AWAITING_ACTION' ? { ...hook, status: 'FAILED' as const } : hook,
        ),
      }
    : {};

/** The current one fails: it rolls back if the plan does, and stops otherwise. */
function afterFailure(deployment: ServiceDeployment, facts: PlanFacts, now: EpochMs): ServiceDeployment {
  const back = facts.decisions.find((decision) => decision.kind === 'rollBack');
  const triggered: Changes = facts.breakerTriggered ? { breakerTriggered: true } : {};
  const common = { ...withoutWaits(deployment), ...triggered };
  if (back !== undefined) {
    const reason = facts.reason ?? BREAKER_ROLLBACK_REASON;
    const target = facts.deployments.find(({ deploymentId }) => deploymentId === back.deploymentId);
    const rollback = {
      reason,
      startedAt: now,
      revisionId: target?.serviceRevisionId ?? '',
      deploymentId: back.deploymentId,
    };
    return moved(deployment, 'ROLLBACK_IN_PROGRESS', now, { ...common, statusReason: reason, rollback });
  }
  if (deployment.status === 'ROLLBACK_REQUESTED')
    return moved(deployment, 'STOPPED', now, { ...common, statusReason: NOTHING_TO_ROLL_BACK_TO });
  const why = { ...common, statusReason: facts.reason ?? FAILED_STOP_REASON };
  return moved(moved(deployment, 'STOP_REQUESTED', now, why), 'STOPPED', now, why);
}

function follow(deployment: ServiceDeployment, facts: PlanFacts, now: EpochMs): ServiceDeployment {
  const { deploymentId } = deployment;
  const has = (kind: DeploymentDecision['kind'], id: string): boolean =>
    facts.decisions.some((decision) => decision.kind === kind && decision.deploymentId === id);
  const begun = deployment.rollback === undefined && has('fail', deploymentId);
  const after = begun ? afterFailure(deployment, facts, now) : deployment;
  if (after.rollback !== undefined) {
    // If the old tasks still run, a rollback completes as soon as it begins.
    if (has('complete', after.rollback.deploymentId)) return moved(after, 'ROLLBACK_SUCCESSFUL', now);
    const why = { statusReason: facts.reason ?? FAILED_STOP_REASON };
    return has('fail', after.rollback.deploymentId) ? moved(after, 'ROLLBACK_FAILED', now, why) : after;
  }
  return has('complete', deploymentId)
    ? moved(after, 'SUCCESSFUL', now, { lifecycleStage: LAST_STAGE, statusReason: COMPLETED_REASON })
    : after;
}

/**
 * The list after a plan: the current one begins, completes, rolls back or stops with it, and those asked to stop have
 * stopped. Unchanged members stay the same objects.
 */
export function settleServiceDeployments(
  list: readonly ServiceDeployment[],
  facts: PlanFacts,
  now: EpochMs,
): readonly ServiceDeployment[] {
  return list.map((deployment, i) => {
    const begun = deployment.status === 'PENDING' ? moved(deployment, 'IN_PROGRESS', now) : deployment;
    const settled = i === 0 ? follow(begun, facts, now) : begun;
    return settled.status === 'STOP_REQUESTED' ? moved(settled, 'STOPPED', now) : settled;
  });
}

/** The plan with the resulting service deployments. `order`: what ended one, if not the circuit breaker. */
export function withServiceDeployments(
  snapshot: ServiceSnapshot,
  plan: ServicePlan,
  now: EpochMs,
  order?: { readonly reason: string },
): ServicePlan {
  const { serviceDeployments: before, deployments } = snapshot;
  if (before === undefined) return plan;
  const { serviceDeployments: advanced = before, ...rest } = plan;
  const ordered = order === undefined ? {} : { reason: order.reason };
  const breakerTriggered = order === undefined && plan.deployments.some(({ kind }) => kind === 'fail');
  const facts = { decisions: plan.deployments, deployments, breakerTriggered, ...ordered };
  const settled = settleServiceDeployments(advanced, facts, now);
  const same = settled.every((deployment, i) => deployment === before[i]);
  return same ? rest : { ...rest, serviceDeployments: settled };
}
