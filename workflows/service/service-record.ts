/** From a service's state to its row, and what the start and the failure of a task change in it. */
import type { ServiceRecord } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import { deploymentCounts, serviceCounts, withFailedTasks } from '../../scheduler/rollout/deployments.ts';
import { unableToStartConsistently } from '../../scheduler/reconcile/event-text.ts';
import { afterStartFailure, afterStartSuccess } from '../../scheduler/throttle/throttle.ts';
import type { ServiceOwnedTask, ServiceState } from '../state.ts';

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

/** A task runs: launches go on at full speed. */
export function noteTaskStart(state: ServiceState): void {
  state.throttle = afterStartSuccess(state.throttle);
}

/** A task stopped without ever running: counts it, and slows the launches. Returns the events to write. */
export function noteTaskEnd(state: ServiceState, task: ServiceOwnedTask, now: EpochMs): string[] {
  const before = state.throttle;
  state.deployments = withFailedTasks(state.deployments, task.deploymentId, 1);
  state.throttle = afterStartFailure(before, 1, now, Math.floor(Math.random() * 2 ** 31));
  const begins = before.nextLaunchAt === undefined && state.throttle.nextLaunchAt !== undefined;
  return begins ? [unableToStartConsistently(state.definition.serviceName)] : [];
}
