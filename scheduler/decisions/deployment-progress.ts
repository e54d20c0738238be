/** The changes of a plan to service deployments (status, stage, hooks), for the record. */
import type { DecisionDraft, DeploymentReason } from '../../model/decision.ts';
import type { HookProgress, ServiceDeployment } from '../../model/service-deployment.ts';
import type { ServicePlan, ServiceSnapshot } from '../service/types.ts';

type Changes = NonNullable<DecisionDraft['changes']>;

/** One service deployment with a visible change by the plan. */
export interface DeploymentProgress {
  readonly after: ServiceDeployment;
  readonly reason: DeploymentReason;
  readonly changes: Changes;
}

const hookChanges = (before: ServiceDeployment, after: ServiceDeployment): Changes => {
  const known = new Map((before.hooks ?? []).map(({ hookId, status }) => [hookId, status]));
  const changed = (after.hooks ?? []).filter(({ hookId, status }) => known.get(hookId) !== status);
  return Object.fromEntries(
    changed.map(({ hookId, status }) => [`hook ${hookId}`, [known.get(hookId) ?? '', status]] as const),
  );
};

function changesOf(before: ServiceDeployment, after: ServiceDeployment): Changes {
  const stages = [before.lifecycleStage ?? '', after.lifecycleStage ?? ''] as const;
  return {
    ...(before.status === after.status ? {} : { status: [before.status, after.status] as const }),
    ...(stages[0] === stages[1] ? {} : { lifecycleStage: stages }),
    ...hookChanges(before, after),
  };
}

const hasExpired = (before: ServiceDeployment, { hooks = [] }: ServiceDeployment): boolean => {
  const expired = ({ status }: HookProgress): boolean => status === 'TIMED_OUT';
  const known = new Set((before.hooks ?? []).filter(expired).map(({ hookId }) => hookId));
  return hooks.some((hook) => expired(hook) && !known.has(hook.hookId));
};

function reasonOf(before: ServiceDeployment, after: ServiceDeployment): DeploymentReason {
  if (after.status === 'STOPPED') return 'superseded';
  if (hasExpired(before, after)) return 'hookExpired';
  return before.status === 'PENDING' ? 'deploymentBegan' : 'stageDone';
}

/** The plan's service deployments that have changed; the current one first. */
export function deploymentProgress(
  { serviceDeployments: earlier = [] }: Pick<ServiceSnapshot, 'serviceDeployments'>,
  { serviceDeployments: later = [] }: Pick<ServicePlan, 'serviceDeployments'>,
): readonly DeploymentProgress[] {
  const known = new Map(earlier.map((deployment) => [deployment.serviceDeploymentId, deployment]));
  return later.flatMap((after): readonly DeploymentProgress[] => {
    const before = known.get(after.serviceDeploymentId);
    if (before === undefined) return [];
    const changes = changesOf(before, after);
    return Object.keys(changes).length === 0 ? [] : [{ after, reason: reasonOf(before, after), changes }];
  });
}
