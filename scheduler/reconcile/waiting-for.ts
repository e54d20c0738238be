/** What a service is waiting for: as values for the record, and as one line for people. */
import { isReady } from '../service/classify.ts';
import type { Conclusion } from './conclude.ts';
import type { StartPlan } from '../service/start-plan.ts';
import { holdingTasks } from '../service/protection.ts';
import type { ServiceSnapshot, Wait } from '../service/types.ts';
import { isGivenUp, isLeaving, launchesHeldUntil } from '../service/view.ts';
import type { ServiceView } from '../service/view.ts';

/** Why launches are held back, if they are needed. */
function held(view: ServiceView, { wanted }: StartPlan): readonly Wait[] {
  const until = launchesHeldUntil(view);
  if (until === undefined || wanted === 0) return [];
  return [{ for: until === view.snapshot.placementRetryAt ? 'placement' : 'throttle', tasks: wanted, until }];
}

function underWay(view: ServiceView, { start, stops, blocked, wanted }: StartPlan): readonly Wait[] {
  const starting = start.reduce((sum, { count }) => sum + count, 0);
  const pending = stops.current.filter(({ bucket }) => bucket === 'pending').length + starting;
  const unready = stops.current.filter(({ task, bucket }) => bucket !== 'pending' && !isReady(task)).length;
  const replaced = stops.old.length + stops.current.filter(({ bucket }) => bucket === 'draining').length;
  const stopping = view.stopping.length + stops.stop.length;
  const holding = holdingTasks(view, stops).length;
  const waits: readonly Wait[] = [
    { for: 'bounds', tasks: blocked ? wanted : 0 },
    { for: 'toRun', tasks: pending },
    { for: 'toBecomeHealthy', tasks: unready },
    { for: 'toBeReplaced', tasks: replaced },
    { for: 'protection', tasks: holding },
    { for: 'toStop', tasks: stopping },
  ];
  return waits.filter(({ tasks }) => tasks > 0);
}

/** What a rollout's stage is waiting for: its hooks, or the end of the bake time. */
function stageWaits({ gate }: ServiceView): readonly Wait[] {
  if (gate.wakeAt === undefined) return [];
  return [{ for: gate.awaiting.length > 0 ? 'lifecycleHook' : 'bakeTime', tasks: 0, until: gate.wakeAt }];
}

/** Everything that the service is waiting for; what blocks it comes first. */
export function waitsOf(view: ServiceView, starts: StartPlan, { steady }: Conclusion): readonly Wait[] {
  const left = view.snapshot.tasks.length;
  if (isLeaving(view)) return left === 0 ? [] : [{ for: 'toStop', tasks: left }];
  if (steady) return [];
  const failed: readonly Wait[] = isGivenUp(view) ? [{ for: 'failedDeployment', tasks: 0 }] : [];
  return [...failed, ...stageWaits(view), ...held(view, starts), ...underWay(view, starts)];
}

const tasks = (count: number): string => (count === 1 ? '1 task' : `${count} tasks`);
const clock = (time: number | undefined): string => (time === undefined ? '' : new Date(time).toISOString());

function phrase(wait: Wait, { throttle }: ServiceSnapshot): string {
  const what = tasks(wait.tasks);
  switch (wait.for) {
    case 'failedDeployment':
      return 'an update: its deployment failed';
    case 'placement':
      return `a place for ${what}; next attempt at ${clock(wait.until)} or when capacity appears`;
    case 'throttle':
      return `the next launch of ${what} at ${clock(wait.until)}, after ${throttle.consecutiveStartFailures} failed starts in a row`;
    case 'lifecycleHook':
      return `a lifecycle hook to be continued, until ${clock(wait.until)}`;
    case 'bakeTime':
      return `the end of the bake time at ${clock(wait.until)}`;
    case 'bounds':
      return 'room below maximumPercent';
    case 'toRun':
      return `${what} to reach RUNNING`;
    case 'toBecomeHealthy':
      return `${what} to become healthy`;
    case 'toBeReplaced':
      return `${what} to be replaced`;
    case 'protection':
      return `the scale-in protection of ${what}`;
    case 'toStop':
      return `${what} to stop`;
  }
}

/** The line, without a full stop. */
export function waitingFor(view: ServiceView, waits: readonly Wait[], { steady }: Conclusion): string {
  const left = view.snapshot.tasks.length;
  if (isLeaving(view))
    return left === 0 ? 'nothing: every task has stopped' : `${tasks(left)} to stop before it is gone`;
  if (steady) return `nothing: steady with ${tasks(view.desired)}`;
  return waits.length > 0 ? waits.map((wait) => phrase(wait, view.snapshot)).join(', ') : 'the next change';
}
