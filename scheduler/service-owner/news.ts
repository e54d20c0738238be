/** What reports of tasks, and news of container instances, do to a service. */
import type { InstanceNotice } from '../../model/owner-signals.ts';
import type { TaskReport } from '../../model/task.ts';
import { applyReports, type ReportOutcome } from '../owner/change-tasks.ts';
import type { Given } from '../owner/effects.ts';
import { afterCapacity } from '../owner/provisioning.ts';
import { noticeCauses, noticeStops, noticeTasks } from '../owner/notices.ts';
import { onInstance } from '../owner/owned-task.ts';
import { isRebalanced } from '../../model/zone-rebalancing.ts';
import { isExternal } from '../../model/task-set.ts';
import { countableFailures, taskProgress, withTaskProgress } from '../rollout/circuit-breaker.ts';
import { resolveImages } from '../rollout/container-images.ts';
import { withFailedTasks } from '../rollout/deployments.ts';
import { unableToStart } from '../service/event-text.ts';
import type { ServiceOwnedTask, ServiceState } from '../service/state.ts';
import type { BalanceState } from '../service/types.ts';
import { afterStartFailure, afterStartSuccess } from '../throttle/throttle.ts';
import { isDaemon, staleInstances, waitsForOthers } from './daemon.ts';
import { hear, lose, record } from './decisions.ts';
import { tell } from './record.ts';
import { changedRow, changing, inTurn, planAgain, tellOnce, type Step } from './steps.ts';

type Outcome = ReportOutcome<ServiceOwnedTask>;
type Told = Exclude<Outcome, { kind: 'unchanged' }>;

/** A report may tell this long before STOPPED, and the plan replaces the task from then on. */
const hasBegunToEnd = ({ before, task }: Told): boolean =>
  before.desiredStatus === 'RUNNING' && task.desiredStatus === 'STOPPED';

/** What agents saw of the service's tasks. */
export function reported(before: ServiceState, reports: readonly TaskReport[], given: Given): Step {
  const { tasks, effects, outcomes } = applyReports(before.tasks, reports);
  const told = outcomes.flatMap((outcome) => (outcome.kind === 'unchanged' ? [] : [outcome]));
  const state = { ...before, tasks };
  if (told.length === 0) return { state, effects };
  const failed = told.flatMap((each) => (each.kind === 'stopped' && each.failedToStart ? [each.task] : []));
  const progress = told.map((each) => taskProgress(each.before, each.task));
  return inTurn(
    heardOf(state, told),
    (s) => ({ state: s, effects }),
    // Failures first: tasks that failed beside the first one that ran did so before any ran.
    (s) => afterStartFailures(s, failed, given),
    changing((s) => afterStarts(s, told)),
    changing((s) => ({ ...s, deployments: withTaskProgress(s.definition, s.deployments, progress, given.now) })),
    changing((s) => withImages(s, reports)),
    changedRow,
  );
}

function heardOf(state: ServiceState, told: readonly Told[]): ServiceState {
  const taskIds = told.map(({ task }) => task.taskId);
  const heard = hear(state, { kind: 'report', tasks: taskIds.length, taskIds });
  return lose(
    heard,
    told.filter(hasBegunToEnd).map(({ task }) => task),
  );
}

/**
 * Only the deployment that is being brought up says whether launches work: the throttle looks at nothing else. Among task
 * sets, each is being brought up.
 */
const isOfPrimary = ({ definition, deployments }: ServiceState, task: ServiceOwnedTask): boolean =>
  isExternal(definition) || task.deploymentId === deployments[0]?.deploymentId;

/** A task runs: launches go on at full speed. */
function afterStarts(state: ServiceState, told: readonly Told[]): ServiceState {
  const works = told.some((each) => each.kind === 'started' && isOfPrimary(state, each.task));
  return works ? { ...state, throttle: afterStartSuccess(state.throttle) } : state;
}

/** Tasks stopped without ever running: counts them, and slows the launches. */
export function afterStartFailures(before: ServiceState, failed: readonly ServiceOwnedTask[], given: Given): Step {
  if (failed.length === 0) return { state: before, effects: [] };
  const { definition, deployments, throttle, incarnation } = before;
  const { now } = given;
  const counted = countableFailures(definition, deployments, failed);
  const state = { ...before, deployments: withFailedTasks(deployments, counted, now) };
  const ofPrimary = failed.filter((task) => isOfPrimary(state, task)).length;
  if (ofPrimary === 0) return { state, effects: [] };
  const step = afterStartFailure(throttle, ofPrimary, now, incarnation);
  const slowed = { ...state, throttle: step.throttle };
  if (!step.announce) return { state: slowed, effects: [] };
  const noted = tellOnce(slowed, unableToStart(definition.serviceName), now);
  return tell(noted.state, {
    events: noted.events,
    actions: noted.events.map(() => ({ eventName: 'SERVICE_TASK_START_IMPAIRED' })),
  });
}

/**
 * Reports tell digests of images: the first one of a deployment holds for all its tasks. Tasks that run another one were
 * launched before it was known, and the tag has moved since: they are marked, and the plan stops them.
 */
function withImages(state: ServiceState, reports: readonly TaskReport[]): ServiceState {
  const sightings = reports.flatMap(({ taskId, containers }) => {
    const task = state.tasks.get(taskId);
    return task === undefined ? [] : [{ taskId, deploymentId: task.deploymentId, containers }];
  });
  const { deployments, strays } = resolveImages(state.deployments, state.taskDefinitions, sightings);
  if (strays.length === 0) return deployments === state.deployments ? state : { ...state, deployments };
  const tasks = new Map(state.tasks);
  for (const { taskId } of strays) {
    const task = tasks.get(taskId);
    if (task) tasks.set(taskId, { ...task, hasOtherImage: true });
  }
  return { ...state, deployments, tasks };
}

/** News of an instance: its tasks stop, are replaced, or are ordered again. */
export function noticed(before: ServiceState, notice: InstanceNotice, given: Given): Step {
  const { containerInstanceId, kind } = notice;
  const on = onInstance(before.tasks, containerInstanceId);
  const causes = noticeCauses(notice);
  const stops = noticeStops(notice, on);
  const ended = stops === undefined ? [] : on.filter((task) => task.desiredStatus === 'RUNNING');
  const state = hear(kind === 'returned' ? before : withNotice(before, notice), ...causes);
  return inTurn(
    lose(state, ended),
    (s) => ({ state: s, effects: stops === undefined ? [] : [record(s, stops, given, causes)] }),
    (s) => {
      const { tasks, effects } = noticeTasks(s.tasks, notice, given.now);
      return { state: staleInstances({ ...s, tasks }), effects };
    },
    changedRow,
  );
}

/** Which instances drain, and which of them were given notice of a spot interruption. */
function withNotice(state: ServiceState, notice: InstanceNotice): ServiceState {
  const { containerInstanceId, kind, bySpotInterruption = false } = notice;
  const without = (ids: readonly string[]): readonly string[] => ids.filter((id) => id !== containerInstanceId);
  const drains = kind === 'draining' || kind === 'interrupted';
  const draining = without(state.drainingInstanceIds);
  const { interruptedInstanceIds: before = [], ...rest } = state;
  const interrupted =
    kind === 'interrupted' || bySpotInterruption
      ? [...without(before), containerInstanceId]
      : kind === 'active' || kind === 'lost'
        ? without(before)
        : before;
  return {
    ...rest,
    drainingInstanceIds: drains ? [...draining, containerInstanceId] : draining,
    ...(interrupted.length === 0 ? {} : { interruptedInstanceIds: interrupted }),
  };
}

/** A container instance of the cluster appeared, went or changed. A DAEMON service plans again; other services ignore it. */
export const instancesChanged = (
  state: ServiceState,
  cause: Parameters<typeof hear>[1] = { kind: 'capacity' },
): ServiceState => (isDaemon(state) ? planAgain(staleInstances(hear(state, cause))) : state);

/** Capacity appeared: tasks that wait for a place are tried again, and zones compared. */
export function capacityChanged(before: ServiceState): ServiceState {
  const waits = isDaemon(before) && waitsForOthers(before);
  const { refusals, retryAt } = before.placement;
  const { balance, steadySince, definition } = before;
  const provisioning = afterCapacity(before.tasks, before.provisioning);
  const balances = steadySince !== undefined && isRebalanced(definition);
  const state = hear(
    {
      ...(waits ? instancesChanged(before) : before),
      ...(retryAt === undefined ? {} : { placement: { refusals } }),
      ...(provisioning === undefined ? {} : { provisioning }),
    },
    { kind: 'capacity' },
  );
  const free = { ...state, ...movesFreed(balance), run: { ...state.run, comparedZones: false } };
  return provisioning !== undefined || retryAt !== undefined || balances ? planAgain(free) : free;
}

/** Moves that came to nothing keep their waits: they did not fail for lack of room. */
function movesFreed(balance: BalanceState | undefined): Pick<ServiceState, 'balance'> {
  if (balance === undefined) return {};
  const { retryAt: _retryAt, ...rest } = balance;
  return { balance: balance.fruitless === 0 ? rest : balance };
}
