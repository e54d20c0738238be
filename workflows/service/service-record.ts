/** From a service's state to its row, and what the start and the failure of a task change in it. */
import type { ServiceRecord } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import {
  countableFailures,
  definitionAfterRollback,
  withTaskProgress,
  type TaskProgress,
} from '../../scheduler/rollout/circuit-breaker.ts';
import {
  applyDeploymentDecisions,
  deploymentCounts,
  serviceCounts,
  withFailedTasks,
} from '../../scheduler/rollout/deployments.ts';
import { unableToStart } from '../../scheduler/reconcile/event-text.ts';
import type { DeploymentDecision } from '../../scheduler/reconcile/types.ts';
import { afterStartFailure, afterStartSuccess, resetThrottle } from '../../scheduler/throttle/throttle.ts';
import type { ServiceOwnedTask, ServiceState } from '../state.ts';
import { tellOnce } from './start-tasks.ts';

export function serviceRecord(state: ServiceState, tasks: readonly ServiceOwnedTask[]): ServiceRecord {
  const [primary] = state.deployments;
  return {
    definition: state.definition,
    incarnation: state.incarnation,
    status: state.status,
    taskDefinitionArn: primary?.taskDefinitionArn ?? '',
    deployments: deploymentCounts(state.definition, state.deployments, tasks),
    ...serviceCounts(tasks),
    createdAt: state.createdAt,
    createdBy: state.createdBy,
    waitingForCapacity: state.placement.refusals > 0,
    version: state.recordVersion,
  };
}

/** Only the deployment that is being brought up says whether launches work: the throttle looks at nothing else. */
export const isOfPrimary = (state: ServiceState, task: ServiceOwnedTask): boolean =>
  task.deploymentId === state.deployments[0]?.deploymentId;

/** A task runs: launches go on at full speed. */
export function noteTaskStart(state: ServiceState): void {
  state.throttle = afterStartSuccess(state.throttle);
}

/** Tasks ran or became healthy: the circuit breaker goes by that. */
export function noteProgress(state: ServiceState, progress: readonly TaskProgress[], now: EpochMs): void {
  state.deployments = withTaskProgress(state.definition, state.deployments, progress, now);
}

/**
 * Carries out what a plan decides on deployments. A rollback starts as a new deployment does: launches are free, and
 * nothing that was withheld counts any more.
 */
export function settleDeployments(state: ServiceState, decisions: readonly DeploymentDecision[], now: EpochMs): void {
  state.deployments = applyDeploymentDecisions(state.deployments, decisions, now);
  const [primary] = state.deployments;
  if (primary === undefined || !decisions.some(({ kind }) => kind === 'rollBack')) return;
  state.definition = definitionAfterRollback(state.definition, primary);
  state.throttle = resetThrottle();
  state.placement = { refusals: 0 };
}

/** Tasks stopped without ever running: counts them, and slows the launches. Returns the events to write. */
export function noteStartFailures(state: ServiceState, failed: readonly ServiceOwnedTask[], now: EpochMs): string[] {
  if (failed.length === 0) return [];
  const counted = countableFailures(state.definition, state.deployments, failed);
  state.deployments = withFailedTasks(state.deployments, counted, now);
  const ofPrimary = failed.filter((task) => isOfPrimary(state, task)).length;
  if (ofPrimary === 0) return [];
  const step = afterStartFailure(state.throttle, ofPrimary, now, state.incarnation);
  state.throttle = step.throttle;
  return step.announce ? tellOnce(state, unableToStart(state.definition.serviceName), now) : [];
}
