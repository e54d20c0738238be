/** When time alone changes the plan. */
import type { EpochMs } from '../../model/time.ts';
import { runningSince } from '../service/classify.ts';
import type { StartPlan } from '../service/start-plan.ts';
import { movingTasks } from '../service/moving.ts';
import { holdingTasks } from '../service/protection.ts';
import { launchesHeldUntil, shownUntil } from '../service/view.ts';
import type { ServiceView } from '../service/view.ts';

/** Tasks without a health check become healthy by running; that matters only while other tasks wait to stop. */
function healthyTimes(view: ServiceView, starts: StartPlan): readonly EpochMs[] {
  const { current, old } = starts.stops;
  const waits =
    old.length > 0 || current.some(({ bucket }) => bucket === 'draining') || movingTasks(view).arriving.length > 0;
  if (!waits) return [];
  return [...current, ...old]
    .filter(({ task, healthy }) => task.lastStatus === 'RUNNING' && !healthy && !task.hasHealthCheck)
    .map(({ task }) => runningSince(task) + view.policy.healthyAfterRunningMs);
}

const graceTimes = (view: ServiceView, starts: StartPlan): readonly EpochMs[] =>
  [...starts.stops.current, ...starts.stops.old]
    .filter(({ bucket }) => bucket === 'unhealthyInGrace')
    .map(({ task }) => runningSince(task) + view.snapshot.definition.healthCheckGracePeriodSeconds * 1000);

/** The next moment to plan again even without news; undefined if only news can change the plan. */
export function wakeTime(view: ServiceView, starts: StartPlan, steadySince: EpochMs | undefined): EpochMs | undefined {
  const held = launchesHeldUntil(view);
  const times = [
    ...(held !== undefined && starts.wanted > 0 ? [held] : []),
    ...(steadySince === undefined ? [] : [steadySince + view.policy.steadyEventEveryMs]),
    ...healthyTimes(view, starts),
    ...graceTimes(view, starts),
    ...holdingTasks(view, starts.stops).map(({ protectedUntil = 0 }) => protectedUntil),
    ...(starts.wakeAt ?? []),
    ...(view.gate.wakeAt === undefined ? [] : [view.gate.wakeAt]),
    ...view.snapshot.deployments.map((deployment) => shownUntil(view, deployment)),
  ];
  let next: EpochMs | undefined;
  for (const time of times) {
    if (time > view.now && (next === undefined || time < next)) next = time;
  }
  return next;
}
