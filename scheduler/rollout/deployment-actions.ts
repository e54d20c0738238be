/** The deployment state changes behind a change of the deployments' list, whatever its cause. */
import type { Deployment, RolloutState } from '../../model/service.ts';
import { inProgressReason } from './deployments.ts';
import type { ServiceAction, ServiceActionName } from '../../model/service-action.ts';

const NAMES = {
  IN_PROGRESS: 'SERVICE_DEPLOYMENT_IN_PROGRESS',
  COMPLETED: 'SERVICE_DEPLOYMENT_COMPLETED',
  FAILED: 'SERVICE_DEPLOYMENT_FAILED',
} as const satisfies Readonly<Record<RolloutState, ServiceActionName>>;

/** An end comes before the start that it causes: a failure before its rollback. */
const ORDER: readonly RolloutState[] = ['FAILED', 'COMPLETED', 'IN_PROGRESS'];

/**
 * One action for each deployment that is new in `after` or has another rollout state there; two for a rollback target
 * that is complete at once.
 */
export function deploymentActions(
  before: readonly Deployment[],
  after: readonly Deployment[],
): readonly ServiceAction[] {
  const known = new Map(before.map((deployment) => [deployment.deploymentId, deployment]));
  const beganAgain = (deployment: Deployment): boolean =>
    deployment.rolloutState !== 'IN_PROGRESS' &&
    deployment.rolledBackAt !== known.get(deployment.deploymentId)?.rolledBackAt;
  return (
    after
      // The external controller rolls out task sets.
      .filter(({ taskSet }) => taskSet === undefined)
      .filter((d) => known.get(d.deploymentId)?.rolloutState !== d.rolloutState || beganAgain(d))
      .toSorted((a, b) => ORDER.indexOf(a.rolloutState) - ORDER.indexOf(b.rolloutState))
      .flatMap((deployment) => {
        const { deploymentId, rolloutState, rolloutStateReason } = deployment;
        const begun = { eventName: NAMES.IN_PROGRESS, deploymentId, reason: inProgressReason(deploymentId) };
        const now = { eventName: NAMES[rolloutState], deploymentId, reason: rolloutStateReason };
        return beganAgain(deployment) ? [begun, now] : [now];
      })
  );
}
