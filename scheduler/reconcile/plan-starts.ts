/** How many tasks to start, and of which deployment. */
import type { ClassifiedTask } from '../service/classify.ts';
import { fallback, isFailing, owedByOld } from '../service/start-plan.ts';
import type { StartPlan } from '../service/start-plan.ts';
import { startReasons } from '../service/start-reasons.ts';
import type { StopPlan } from '../service/stop-plan.ts';
import type { StartDecision } from '../service/types.ts';
import { isGivenUp, isGood, isLeaving, launchesHeldUntil } from '../service/view.ts';
import type { ServiceView } from '../service/view.ts';
import { stopToMakeRoom } from './plan-stops.ts';

const roomLeft = (view: ServiceView, stops: StopPlan): number =>
  Math.max(0, view.bounds.upper - stops.current.length - stops.old.length);

/** Shares the room between the sides: the new side first, unless it is failing. */
function shareRoom(view: ServiceView, stops: StopPlan, wanted: number): { current: number; old: number } {
  const room = roomLeft(view, stops);
  if (isFailing(view)) {
    const old = Math.min(room, owedByOld(view, stops, 0));
    return { old, current: Math.min(wanted, room - old) };
  }
  const current = Math.min(wanted, room);
  return { current, old: Math.min(room - current, owedByOld(view, stops, current)) };
}

/** Unhealthy tasks without a replacement, in order of id. */
function unreplaced(before: readonly ClassifiedTask[], after: readonly ClassifiedTask[], made: ReadonlySet<string>) {
  const replaced = new Set(after.map(({ task }) => task.replaces));
  return before
    .filter(({ bucket, task }) => bucket === 'unhealthy' && !replaced.has(task.taskId) && !made.has(task.taskId))
    .map(({ task }) => task.taskId)
    .sort();
}

interface StartRequest {
  readonly deploymentId: string | undefined;
  readonly count: number;
  /** Unhealthy tasks without a replacement. */
  readonly unhealthy: readonly string[];
  /** How many of the started tasks fill other gaps first. */
  readonly missing: number;
  /** The reasons, given how many starts replace unhealthy tasks. */
  readonly because: (unhealthy: number) => StartDecision['because'];
}

function startDecision({
  deploymentId,
  count: number,
  unhealthy,
  missing,
  because,
}: StartRequest): readonly StartDecision[] {
  if (deploymentId === undefined || number === 0) return [];
  const replaces = unhealthy.slice(0, Math.max(0, number - missing));
  return [{ deploymentId, count: number, replaces, because: because(replaces.length) }];
}

function decideStarts(view: ServiceView, planned: StopPlan, stops: StopPlan, wanted: number): readonly StartDecision[] {
  const share = shareRoom(view, stops, wanted);
  const stopped = new Set(planned.stop.map(({ taskId }) => taskId));
  const unhealthy = unreplaced(view.current, stops.current, stopped);
  const source = fallback(view)?.deploymentId;
  const oldUnhealthy = unreplaced(
    view.old.filter(({ task }) => task.deploymentId === source),
    stops.old,
    stopped,
  );
  return [
    ...startDecision({
      deploymentId: view.primary?.deploymentId,
      count: share.current,
      unhealthy,
      missing: Math.max(0, wanted - unhealthy.length),
      because: (replaced) => startReasons(view, share.current, replaced),
    }),
    ...startDecision({
      deploymentId: source,
      count: share.old,
      unhealthy: oldUnhealthy,
      missing: 0,
      because: () => [{ reason: 'restoreOld', count: share.old }],
    }),
  ];
}

/** The starts that the bounds allow after `planned`; none while launches are held back. */
export function planStarts(view: ServiceView, planned: StopPlan): StartPlan {
  if (isLeaving(view) || view.primary === undefined) return { start: [], stops: planned, wanted: 0, blocked: false };
  const idle = isGivenUp(view) || view.gate.holdsStarts;
  const wanted = idle ? 0 : Math.max(0, view.desired - planned.current.filter(isGood).length);
  const noRoom = wanted > 0 && roomLeft(view, planned) === 0;
  const stops = noRoom ? stopToMakeRoom(planned, view) : planned;
  const held = launchesHeldUntil(view) !== undefined;
  return {
    start: held ? [] : decideStarts(view, planned, stops, wanted),
    stops,
    wanted,
    blocked: noRoom && stops === planned,
  };
}
