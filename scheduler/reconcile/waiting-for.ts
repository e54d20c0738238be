/** One line for the person who looks at a service: what it waits for. */
import { isReady } from './classify.ts';
import type { Conclusion } from './conclude.ts';
import type { StartPlan } from './plan-starts.ts';
import { isGivenUp, isLeaving, launchesHeldUntil } from './view.ts';
import type { ServiceView } from './view.ts';

const tasks = (count: number): string => (count === 1 ? '1 task' : `${count} tasks`);
const clock = (time: number): string => new Date(time).toISOString();

/** Why launches are held back, if they are and some are needed. */
function held(view: ServiceView, { wanted }: StartPlan): string | undefined {
  const until = launchesHeldUntil(view);
  if (until === undefined || wanted === 0) return undefined;
  const { throttle, placementRetryAt } = view.snapshot;
  return until === placementRetryAt
    ? `a place for ${tasks(wanted)}; next attempt at ${clock(until)} or when capacity appears`
    : `the next launch of ${tasks(wanted)} at ${clock(until)}, after ${throttle.consecutiveStartFailures} failed starts in a row`;
}

function underWay(view: ServiceView, { start, stops, blocked }: StartPlan): readonly string[] {
  const starting = start.reduce((sum, { count }) => sum + count, 0);
  const pending = stops.current.filter(({ bucket }) => bucket === 'pending').length + starting;
  const unready = stops.current.filter(({ task, bucket }) => bucket !== 'pending' && !isReady(task)).length;
  const replaced = stops.old.length + stops.current.filter(({ bucket }) => bucket === 'draining').length;
  const stopping = view.stopping.length + stops.stop.length;
  return [
    ...(blocked ? ['room below maximumPercent'] : []),
    ...(pending > 0 ? [`${tasks(pending)} to reach RUNNING`] : []),
    ...(unready > 0 ? [`${tasks(unready)} to become healthy`] : []),
    ...(replaced > 0 ? [`${tasks(replaced)} to be replaced`] : []),
    ...(stopping > 0 ? [`${tasks(stopping)} to stop`] : []),
  ];
}

/** The line, without a full stop. */
export function waitingFor(view: ServiceView, starts: StartPlan, { steady }: Conclusion): string {
  const left = view.snapshot.tasks.length;
  if (isLeaving(view))
    return left === 0 ? 'nothing: every task has stopped' : `${tasks(left)} to stop before it is gone`;
  if (steady) return `nothing: steady with ${tasks(view.desired)}`;
  const parts = [
    isGivenUp(view) ? 'an update: its deployment failed' : [],
    held(view, starts) ?? [],
    underWay(view, starts),
  ].flat();
  return parts.length > 0 ? parts.join(', ') : 'the next change';
}
