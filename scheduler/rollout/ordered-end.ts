/** Deployments that end by a user's order or a hook's time-out, not because their tasks failed. */
import type { DeploymentReason } from '../../model/decision.ts';
import type { HookProgress, ServiceDeployment } from '../../model/service-deployment.ts';
import type { Deployment } from '../../model/service.ts';
import type { BreakerVerdict } from './circuit-breaker.ts';
import { lastCompleted } from './circuit-breaker.ts';
import { USER_ROLLBACK_REASON, USER_STOP_REASON } from './service-deployments.ts';

/** The order to end the PRIMARY deployment where it is, and whether the service rolls back to the last completed one. */
export interface EndOrder {
  readonly rollback: boolean;
  /** `statusReason` of the service deployment. */
  readonly reason: string;
  /** Completes the event `deployment failed: …`. */
  readonly cause: string;
  /** For the record: why the deployment ends, and why the one before it returns. */
  readonly because: DeploymentReason;
  readonly backBecause: DeploymentReason;
}

const ORDERED = { because: 'rollbackOrdered', backBecause: 'rolledBackByOrder' } as const;
const TIMED_OUT = { because: 'hookTimedOut', backBecause: 'rolledBackByTimeout' } as const;

const timedOutReason = ({ stage, hookId }: HookProgress): string =>
  `Service deployment rolled back because the lifecycle hook ${hookId} timed out at the stage ${stage}.`;

/** The order for the service deployment under way; `timedOut`: a hook that expired with ROLLBACK as its action. */
export function endOrder(current: ServiceDeployment, timedOut: HookProgress | undefined): EndOrder | undefined {
  if (current.abortRequested === true || current.status === 'STOP_REQUESTED')
    return {
      ...ORDERED,
      rollback: false,
      reason: current.statusReason ?? USER_STOP_REASON,
      cause: 'stopped by user.',
      because: 'stopOrdered',
    };
  if (current.status === 'ROLLBACK_REQUESTED')
    return {
      ...ORDERED,
      rollback: true,
      reason: current.statusReason ?? USER_ROLLBACK_REASON,
      cause: 'rollback requested by user.',
    };
  if (timedOut === undefined) return undefined;
  return { ...TIMED_OUT, rollback: true, reason: timedOutReason(timedOut), cause: 'lifecycle hook timed out.' };
}

/** The texts of `rolloutStateReason`. */
const endedReason = (deploymentId: string, cause: string): string => `ECS deployment ${deploymentId} failed: ${cause}`;
const rollingBackReason = (deploymentId: string): string =>
  `ECS deployment rolling back to deploymentId ${deploymentId}.`;

/** The same decisions as when the circuit breaker trips. Without a completed deployment, a rollback only stops. */
export function carryOut(order: EndOrder, deployments: readonly Deployment[]): BreakerVerdict {
  const { rollback, cause, because } = order;
  const failed = deployments.find(({ status }) => status === 'PRIMARY');
  if (failed === undefined) return { decisions: [] };
  const { deploymentId } = failed;
  const fail = { kind: 'fail', deploymentId, rolloutStateReason: endedReason(deploymentId, cause), because } as const;
  const target = rollback ? lastCompleted(deployments) : undefined;
  if (target === undefined) return { decisions: [fail], failed };
  const { deploymentId: targetId } = target;
  const back = {
    kind: 'rollBack',
    deploymentId: targetId,
    rolloutStateReason: rollingBackReason(targetId),
    because: order.backBecause,
  } as const;
  return { decisions: [fail, back], failed, target };
}
