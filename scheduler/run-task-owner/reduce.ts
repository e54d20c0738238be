/** All the rules of a RunTask or StartTask call's tasks in one function: each input's effect on them. Pure. */
import type { StopTaskCommand } from '../../model/commands.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';
import type { DecisionCause, DecisionDraft } from '../../model/decision.ts';
import type { EpochMs } from '../../model/time.ts';
import type { TaskReport } from '../../model/task.ts';
import { withCause } from '../owner/causes.ts';
import { addTasks, applyReports, orderAllAgain, stopTasks } from '../owner/change-tasks.ts';
import { recordDecision } from '../owner/decision-log.ts';
import type { Given, OwnerEffect, Reduced } from '../owner/effects.ts';
import { discardedDraft, overNet, type Discarded } from '../owner/net.ts';
import { noticeCauses, noticeStops, noticeTasks } from '../owner/notices.ts';
import { onInstance, type OwnedTask, type Tasks } from '../owner/owned-task.ts';
import {
  afterCapacity,
  applyPlacedGroup,
  attemptBegun,
  attemptEnded,
  provisioningDueAt,
  type PlacedGroup,
  type ProvisioningInput,
  type ProvisioningWait,
} from '../owner/provisioning.ts';

export interface RunTaskState {
  readonly tasks: Tasks<OwnedTask>;
  /** While tasks wait in PROVISIONING. */
  readonly provisioning?: ProvisioningWait;
  /** How long a task may wait so; unknown until the first one waits. */
  readonly provisioningTimeoutMs?: number;
  /** What the next decisions follow from. */
  readonly heard: readonly DecisionCause[];
}

export type RunTaskInput =
  /** The call itself. */
  | { readonly kind: 'called'; readonly cause?: DecisionCause }
  /** Its tasks hold their places, or wait for them. */
  | { readonly kind: 'placed'; readonly tasks: readonly OwnedTask[] }
  | { readonly kind: 'stopTask'; readonly command: StopTaskCommand }
  | { readonly kind: 'reports'; readonly reports: readonly TaskReport[] }
  | { readonly kind: 'notice'; readonly notice: InstanceNotice }
  | { readonly kind: 'capacityChanged' }
  /** A run of the workflow begins: what is in flight is ordered again. */
  | { readonly kind: 'resume' }
  | ProvisioningInput<OwnedTask>;

type Step = Reduced<RunTaskState, OwnerEffect>;

/** The time at which the call must try to place its waiting tasks; undefined while no task waits. */
export const dueToPlace = ({ tasks, provisioning, provisioningTimeoutMs }: RunTaskState): EpochMs | undefined =>
  provisioningDueAt(tasks, provisioning, provisioningTimeoutMs);

/** The state after the input, and its effects in their order. */
export function reduce(state: RunTaskState, input: RunTaskInput, given: Given): Step {
  switch (input.kind) {
    case 'called':
      return only(input.cause === undefined ? state : hear(state, input.cause));
    case 'placed':
      return withTasks(state, addTasks(state.tasks, input.tasks));
    case 'stopTask':
      return stopTask(state, input.command, given);
    case 'reports':
      return withTasks(state, applyReports(state.tasks, input.reports));
    case 'notice':
      return noticed(state, input.notice, given);
    case 'capacityChanged': {
      const provisioning = afterCapacity(state.tasks, state.provisioning);
      return only(provisioning === undefined ? state : hear({ ...state, provisioning }, { kind: 'capacity' }));
    }
    case 'resume':
      return { state, effects: orderAllAgain(state.tasks) };
    case 'provisioningBegins':
      return only(provisioningBegins(state, input.timeoutMs));
    case 'groupPlaced': {
      const timeoutMs = state.provisioningTimeoutMs ?? Infinity;
      return withTasks(state, applyPlacedGroup(state.tasks, input.placed, { timeoutMs, given }));
    }
    case 'provisioned':
      return provisioned(state, input.groups, given);
  }
}

/** As `reduce`, over the net: the owner goes on, and the record says so. */
export const reduceSafely = (state: RunTaskState, input: RunTaskInput, given: Given): Step | Discarded<Step> =>
  overNet(
    () => reduce(state, input, given),
    (error) => ({ state, effects: [recordDecision(discardedDraft(input.kind, error), state.heard, given)] }),
  );

const only = (state: RunTaskState): Step => ({ state, effects: [] });

const withTasks = (
  state: RunTaskState,
  { tasks, effects }: { readonly tasks: Tasks<OwnedTask>; readonly effects: readonly OwnerEffect[] },
): Step => ({ state: { ...state, tasks }, effects });

const hear = (state: RunTaskState, cause: DecisionCause): RunTaskState => ({
  ...state,
  heard: withCause(state.heard, cause),
});

function stopTask(state: RunTaskState, { taskId, reason: stoppedReason, cause }: StopTaskCommand, given: Given): Step {
  const reason = { stopCode: 'UserInitiated', stoppedReason } as const;
  const { tasks, effects, stopped } = stopTasks(state.tasks, [{ taskId, reason }], given.now);
  if (stopped.length === 0) return only(state);
  const draft: DecisionDraft = {
    reasons: [{ reason: 'stopCalled', count: 1 }],
    tasks: stopped.map(({ containerInstanceId }) => ({ taskId, containerInstanceId })),
    facts: { stoppedReason },
  };
  const record = recordDecision(draft, cause === undefined ? [] : [cause], given);
  return { state: { ...state, tasks }, effects: [...effects, record] };
}

/** An instance that drains, or is ACTIVE again, leaves standalone tasks alone. */
function noticed(state: RunTaskState, notice: InstanceNotice, given: Given): Step {
  const draft = noticeStops(notice, onInstance(state.tasks, notice.containerInstanceId));
  const records = draft === undefined ? [] : [recordDecision(draft, noticeCauses(notice), given)];
  const { tasks, effects } = noticeTasks(state.tasks, notice, given.now);
  return { state: { ...state, tasks }, effects: [...records, ...effects] };
}

/** Without news it is time that makes the attempt due. */
function provisioningBegins(state: RunTaskState, provisioningTimeoutMs: number): RunTaskState {
  const due = { ...state, provisioning: attemptBegun(state.provisioning), provisioningTimeoutMs };
  return due.heard.length === 0 ? hear(due, { kind: 'time' }) : due;
}

/** What was heard has had its effect, unless capacity appeared meanwhile. */
function provisioned(before: RunTaskState, groups: readonly PlacedGroup<OwnedTask>[], given: Given): Step {
  const { provisioning: wait, ...rest } = before;
  const ended = attemptEnded(before.tasks, wait, groups, { causes: before.heard, given });
  const again = wait?.retryAt !== Infinity;
  const state = { ...rest, ...(ended.wait === undefined ? {} : { provisioning: ended.wait }) };
  return { state: again ? state : { ...state, heard: [] }, effects: ended.effects };
}
