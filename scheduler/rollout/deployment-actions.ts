/** The deployment state changes that a change of the deployments' list amounts to, whatever brought it about. */
import type { Deployment, RolloutState } from '../../model/service.ts';
import { inProgressReason } from './deployments.ts';
import type { ServiceAction, ServiceActionName } from '../../model/service-action.ts';

const NAMES = {
  IN_PROGRESS: 'SERVICE_DEPLOYMENT_IN_PROGRESS',
  COMPLETED: 'SERVICE_DEPLOYMENT_COMPLETED',
  FAILED: 'SERVICE_DEPLOYMENT_FAILED',
} as const satisfies Readonly<Record<RolloutState, ServiceActionName>>;

/** What ended comes before what that began: a failure before its rollback. */
const ORDER: readonly RolloutState[] = ['FAILED', 'COMPLETED', 'IN_PROGRESS'];

/**
 * One action for each deployment that is new in `after` or has another rollout state there; two for one that was rolled
 * back to and is complete at once.
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
      // Task sets are rolled out by whoever controls them.
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
