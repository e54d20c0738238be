/** From a service's state to its row, and what the start and the failure of a task change in it. */
import type { ServiceRecord } from '../../model/service.ts';
import { isExternal } from '../../model/task-set.ts';
import type { TaskReport } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import {
  countableFailures,
  definitionAfterRollback,
  withTaskProgress,
  type TaskProgress,
} from '../../scheduler/rollout/circuit-breaker.ts';
import { resolveImages } from '../../scheduler/rollout/container-images.ts';
import {
  applyDeploymentDecisions,
  deploymentCounts,
  serviceCounts,
  withFailedTasks,
} from '../../scheduler/rollout/deployments.ts';
import { scalingStopReason, unableToStart } from '../../scheduler/service/event-text.ts';
import type { DeploymentDecision } from '../../scheduler/service/types.ts';
import { afterStartFailure, afterStartSuccess, resetThrottle } from '../../scheduler/throttle/throttle.ts';
import type { InstanceNotice } from '../messages.ts';
import type { TaskStop } from '../owner/hosted-tasks.ts';
import { isWaiting, type OwnedTasks } from '../owner/owned-tasks.ts';
import type { ServiceOwnedTask, ServiceState } from '../state.ts';
import { currentBreaker } from './rollout.ts';
import { tellOnce } from './start-tasks.ts';

export function serviceRecord(state: ServiceState, tasks: readonly ServiceOwnedTask[]): ServiceRecord {
  const primary = state.deployments.find(({ status }) => status === 'PRIMARY');
  return {
    definition: state.definition,
    incarnation: state.incarnation,
    status: state.status,
    taskDefinitionArn: primary?.taskDefinitionArn ?? '',
    deployments: deploymentCounts(state.definition, state.deployments, tasks),
    ...(state.serviceDeployments === undefined ? {} : { serviceDeployments: state.serviceDeployments }),
    ...currentBreaker(state),
    ...serviceCounts(tasks),
    createdAt: state.createdAt,
    createdBy: state.createdBy,
    waitingForCapacity: state.placement.refusals > 0 || tasks.some(isWaiting),
    version: state.recordVersion,
  };
}

/** Which draining instances were given notice of a spot interruption. */
export function noteInterruption(state: ServiceState, notice: InstanceNotice): void {
  const { containerInstanceId, kind, bySpotInterruption = false } = notice;
  const before = state.interruptedInstanceIds ?? [];
  const others = before.filter((id) => id !== containerInstanceId);
  if (kind === 'interrupted' || bySpotInterruption) state.interruptedInstanceIds = [...others, containerInstanceId];
  else if (kind === 'active' || kind === 'lost') {
    if (others.length === 0) delete state.interruptedInstanceIds;
    else state.interruptedInstanceIds = others;
  }
}

/**
 * Only the deployment that is being brought up says whether launches work: the throttle looks at nothing else. Of task
 * sets, each is being brought up.
 */
export const isOfPrimary = (state: ServiceState, task: ServiceOwnedTask): boolean =>
  isExternal(state.definition) || task.deploymentId === state.deployments[0]?.deploymentId;

/** A task runs: launches go on at full speed. */
export function noteTaskStart(state: ServiceState): void {
  state.throttle = afterStartSuccess(state.throttle);
}

/** Tasks ran or became healthy: the circuit breaker goes by that. */
export function noteProgress(state: ServiceState, progress: readonly TaskProgress[], now: EpochMs): void {
  state.deployments = withTaskProgress(state.definition, state.deployments, progress, now);
}

/**
 * Reports tell digests of images: the first one of a deployment holds for all its tasks. Returns those that run another
 * one, because they were launched before it was known and the tag has moved since: they are to stop.
 */
export function noteImages(
  state: ServiceState,
  reports: readonly TaskReport[],
  tasks: Pick<OwnedTasks<ServiceOwnedTask>, 'get'>,
): readonly TaskStop[] {
  const sightings = reports.flatMap(({ taskId, containers }) => {
    const task = tasks.get(taskId);
    return task === undefined ? [] : [{ taskId, deploymentId: task.deploymentId, containers }];
  });
  const resolved = resolveImages(state.deployments, state.taskDefinitions, sightings);
  state.deployments = resolved.deployments;
  return resolved.strays.map(({ taskId, deploymentId }) => ({
    taskId,
    reason: { stopCode: 'ServiceSchedulerInitiated', stoppedReason: scalingStopReason(deploymentId) },
  }));
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
