/** What a start has come to: the tasks that hold their places, and why the others do not. */
import { hasEssentialHealthCheck } from '../../model/health-check.ts';
import type { ServiceAction } from '../../model/service-action.ts';
import type { EpochMs } from '../../model/time.ts';
import { addTasks } from '../owner/change-tasks.ts';
import type { Given } from '../owner/effects.ts';
import { ownedTask } from '../owner/owned-task.ts';
import { explainForEvent, placementFailureReason, PROVISIONING_LIMIT_EXCEEDED } from '../placement/explain.ts';
import type { Refusal } from '../placement/types.ts';
import { NO_MOVE_RETRY_MS } from '../rebalance/plan-rebalance.ts';
import { startedToRebalance } from '../rebalance/texts.ts';
import { about, eventBatches, startedTasks } from '../service/event-text.ts';
import type { PlacementWait, ServiceOwnedTask, ServiceState } from '../service/state.ts';
import { placementRetryDelay } from '../throttle/throttle.ts';
import { daemonWait } from './daemon.ts';
import { notPlaced, started } from './decisions.ts';
import type { PlacedStart } from './inputs.ts';
import { tell, writeRow } from './record.ts';
import { deploymentOf } from './start-request.ts';
import { changing, inTurn, planAgain, tellOnce, type Step } from './steps.ts';

export function placed(before: ServiceState, outcome: PlacedStart, given: Given): Step {
  const { start, tasks: rows, isLast } = outcome;
  const tasks = newTasks(before, outcome);
  return inTurn(
    started(before, start, rows.length),
    (s) => {
      const added = addTasks(s.tasks, tasks);
      return { state: { ...s, tasks: added.tasks }, effects: added.effects };
    },
    (s) => tellStarted(s, outcome, tasks),
    (s) => (start.zone === undefined ? afterPlacement(s, outcome, given) : { state: moving(s, tasks), effects: [] }),
    changing((s) => (tasks.length > 0 || isRefused(outcome) ? planAgain(s) : s)),
    changing((s) => (isLast ? withoutVainMoves(s, given.now) : s)),
    writeRow,
  );
}

function newTasks(state: ServiceState, { start, tasks }: PlacedStart): readonly ServiceOwnedTask[] {
  const { deployment, taskDefinition } = deploymentOf(state, start.deploymentId);
  const { deploymentId } = deployment;
  const hasHealthCheck = hasEssentialHealthCheck(taskDefinition);
  return tasks.map((task, i) => {
    const replaces = start.replaces[i];
    return { ...ownedTask(task), deploymentId, hasHealthCheck, ...(replaces === undefined ? {} : { replaces }) };
  });
}

/** A rebalancing that finds no place looks again by itself: no task is missing. */
const isRefused = ({ start, refusal, beyondQuota }: PlacedStart): boolean =>
  start.zone === undefined && (refusal !== undefined || beyondQuota > 0);

function tellStarted(state: ServiceState, { start }: PlacedStart, tasks: readonly ServiceOwnedTask[]): Step {
  const { serviceName } = state.definition;
  const replaced = new Set(tasks.flatMap((task) => (task.replaces === undefined ? [] : [task.taskId])));
  const events = eventBatches(tasks.map((task) => task.taskId)).map((ids) =>
    start.zone === undefined
      ? startedTasks(serviceName, ids, ids.filter((id) => replaced.has(id)).length)
      : startedToRebalance(serviceName, start.zone, ids),
  );
  const actions = events.map((reason): ServiceAction => ({ eventName: 'TASKS_STARTED', reason }));
  return tell(state, { events, actions });
}

/** When to try again, and what is told of a refusal. */
function afterPlacement(before: ServiceState, outcome: PlacedStart, given: Given): Step {
  const { refusal, beyondQuota } = outcome;
  const { now } = given;
  const state = { ...before, placement: nextPlacement(before.placement, outcome, now) };
  const why = beyondQuota > 0 ? PROVISIONING_LIMIT_EXCEEDED : refusal && explainForEvent(refusal);
  const noted =
    why === undefined ? { state, events: [] } : tellOnce(state, about(state.definition.serviceName, why), now);
  const actions = refusal && noted.events.length > 0 ? [placementFailure(refusal)] : [];
  return inTurn(
    noted.state,
    (s) => tell(s, { events: noted.events, actions }),
    (s) => notPlaced(s, outcome, given),
  );
}

/** No place: waits longer each time. */
function nextPlacement(wait: PlacementWait, outcome: PlacedStart, now: EpochMs): PlacementWait {
  const { start, request, tasks } = outcome;
  const tried = start.instanceIds?.slice(0, request.count);
  if (tried) return daemonWait(wait, { tried, taken: tasks.map((task) => task.containerInstanceId ?? ''), now });
  if (!isRefused(outcome)) return { refusals: 0 };
  const refusals = wait.refusals + 1;
  return { refusals, retryAt: now + placementRetryDelay(refusals) };
}

const placementFailure = (refusal: Refusal): ServiceAction => ({
  eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
  reason: placementFailureReason(refusal),
  ...(refusal.nearestInstanceId === undefined ? {} : { containerInstanceIds: [refusal.nearestInstanceId] }),
});

const moving = (state: ServiceState, tasks: readonly ServiceOwnedTask[]): ServiceState => ({
  ...state,
  movingIds: [...(state.movingIds ?? []), ...tasks.map(({ taskId }) => taskId)],
});

/** When not one move of a rebalancing found a place, the next look has time. */
function withoutVainMoves(state: ServiceState, now: EpochMs): ServiceState {
  const { balance, movingIds = [], steadySince } = state;
  if (balance?.moving !== true || movingIds.length > 0 || steadySince === undefined) return state;
  return { ...state, balance: { ...balance, moving: false, retryAt: now + NO_MOVE_RETRY_MS } };
}
