/** The service scheduler: from what is known of a service to what is to be done now. Pure: same input, same plan. */
import { isBeforeRunning } from '../../model/status.ts';
import type { EpochMs } from '../../model/time.ts';
import { conclude } from './conclude.ts';
import type { Conclusion } from './conclude.ts';
import {
  blockedByBounds,
  deploymentCompleted,
  eventBatches,
  healthCheckFailed,
  steadyState,
  stoppedPendingTasks,
  stoppedRunningTasks,
} from './event-text.ts';
import { updateNotes } from './notes.ts';
import { planStarts } from './plan-starts.ts';
import type { StartPlan } from './plan-starts.ts';
import { planStops } from './plan-stops.ts';
import { DEFAULT_POLICY } from './policy.ts';
import type { SchedulerPolicy } from './policy.ts';
import type { ServicePlan, ServiceSnapshot, StopDecision } from './types.ts';
import { isComingUp, viewService } from './view.ts';
import type { ServiceView } from './view.ts';
import { waitingFor } from './waiting-for.ts';
import { wakeTime } from './wake-time.ts';

/** Neither may a task start nor may one stop, and nothing under way will change that. */
const isStuck = (view: ServiceView, { blocked, stops }: StartPlan): boolean =>
  blocked &&
  view.rollingOut.length > 0 &&
  stops.stop.length === 0 &&
  view.stopping.length === 0 &&
  ![...view.current, ...view.old].some(isComingUp);

function stopEvents(view: ServiceView, stop: readonly StopDecision[]): readonly string[] {
  const name = view.snapshot.definition.serviceName;
  const ids = new Set(stop.map(({ taskId }) => taskId));
  const statuses = new Map(view.snapshot.tasks.map((task) => [task.taskId, task.lastStatus]));
  const isPending = (taskId: string): boolean => isBeforeRunning(statuses.get(taskId) ?? 'RUNNING');
  const running = [...ids].filter((taskId) => !isPending(taskId));
  const pending = ids.size - running.length;
  return [
    ...(pending > 0 ? [stoppedPendingTasks(name, pending)] : []),
    ...eventBatches(running).map((batch) => stoppedRunningTasks(name, batch)),
  ];
}

/** Messages that stand as long as their cause does: written once, repeated after hours. */
function standingMessages(view: ServiceView, starts: StartPlan): readonly string[] {
  const name = view.snapshot.definition.serviceName;
  const unhealthy = [...view.current, ...view.old]
    .filter(({ bucket }) => bucket === 'unhealthy')
    .map(({ task }) => task.taskId)
    .sort();
  return [
    ...unhealthy.map((taskId) => healthCheckFailed(name, taskId)),
    ...(isStuck(view, starts) ? [blockedByBounds(name)] : []),
  ];
}

/** When the last steady event was written, after this plan; undefined while the service is not steady. */
function steadySince(view: ServiceView, conclusion: Conclusion): EpochMs | undefined {
  if (!conclusion.steady) return undefined;
  const { steadySince: since } = view.snapshot;
  return since === undefined || view.now - since >= view.policy.steadyEventEveryMs ? view.now : since;
}

/**
 * What to do now for a REPLICA service. Carrying the plan out and planning again at the same time gives an empty plan:
 * everything that can be done now is in it. Time counts only through `now`, chance only through the snapshot's seed, and
 * the order of the tasks does not matter. `policy` is for tests and operators; the default is ECS's behaviour.
 */
export function planService(
  snapshot: ServiceSnapshot,
  now: EpochMs,
  policy: SchedulerPolicy = DEFAULT_POLICY,
): ServicePlan {
  const view = viewService(snapshot, now, policy);
  const starts = planStarts(view, planStops(view));
  const { stop } = starts.stops;
  const conclusion = conclude(view, starts);
  const since = steadySince(view, conclusion);
  const { notedAt, due } = updateNotes(view, standingMessages(view, starts));
  const name = snapshot.definition.serviceName;
  const wakeAt = wakeTime(view, starts, since);
  return {
    start: starts.start,
    stop,
    deployments: conclusion.deployments,
    events: [
      ...due,
      ...stopEvents(view, stop),
      ...(conclusion.completed === undefined ? [] : [deploymentCompleted(name, conclusion.completed)]),
      ...(since === undefined || since === snapshot.steadySince ? [] : [steadyState(name)]),
    ],
    ...(since === undefined ? {} : { steadySince: since }),
    notedAt,
    becomesInactive: snapshot.status === 'DRAINING' && snapshot.tasks.length === 0,
    ...(wakeAt === undefined ? {} : { wakeAt }),
    waitingFor: waitingFor(view, starts, conclusion),
  };
}
