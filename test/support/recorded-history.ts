/**
 * A history of a real server, as the SDK's core replays it to a workflow (crates/sdk-core/src/worker/workflow of
 * @temporalio/core-bridge: history_update.rs, workflow_machines.rs): by workflow tasks, each with its jobs, the answers
 * of its local activities, and the commands that follow in the history.
 */
import type { temporal } from '@temporalio/proto';
import type { DoneTask } from '../../simulation/engine/replay.ts';
import type { Command, RunIdentity } from '../../simulation/engine/sandbox.ts';
import { signature } from '../../simulation/engine/session.ts';
import { commandOf, jobOf, localOf, patchOf, updateJobOf, type UpdateIds } from './recorded-events.ts';
import { randomnessSeedOf } from './sip-hash.ts';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

export interface RecordedRun {
  readonly identity: RunIdentity;
  readonly tasks: readonly RecordedTask[];
}

export interface RecordedTask extends DoneTask {
  /** With all recorded attributes. */
  readonly recorded: readonly Command[];
}

export const millisOf = (time: HistoryEvent['eventTime']): number =>
  Number(time?.seconds ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1e6);

export function readRun(events: readonly HistoryEvent[], workflowId: string): RecordedRun {
  const updates: UpdateIds = new Map();
  const ends = taskEnds(events);
  let seen: readonly number[] = [];
  const tasks = ends.map((end, i): RecordedTask => {
    const told = events.slice((ends[i - 1] ?? -1) + 1, end + 1);
    const followed = events.slice(end + 1, (ends[i + 1] ?? events.length - 1) + 1);
    const task = taskOf(told, followed, { events, updates, workflowId });
    seen = [...seen, ...flagsIn(followed)];
    return { ...task, flags: seen };
  });
  return { identity: identityOf(events, workflowId), tasks };
}

function identityOf([first]: readonly HistoryEvent[], workflowId: string): RunIdentity {
  const started = first?.workflowExecutionStartedEventAttributes;
  if (!first || !started) throw new Error('The history does not begin with a start.');
  return {
    workflowId,
    runId: started.originalExecutionRunId ?? '',
    workflowType: started.workflowType?.name ?? '',
    taskQueue: started.taskQueue?.name ?? '',
    startedAt: millisOf(first.eventTime),
    randomnessSeed: randomnessSeedOf(started.originalExecutionRunId ?? ''),
  };
}

interface Whole {
  readonly events: readonly HistoryEvent[];
  readonly updates: UpdateIds;
  readonly workflowId: string;
}

function taskOf(told: readonly HistoryEvent[], followed: readonly HistoryEvent[], whole: Whole): RecordedTask {
  const started = told.at(-1);
  const jobs = told.flatMap((event) => jobOf(event, whole.events, whole.workflowId) ?? []);
  const updates = followed.flatMap((event) => updateJobOf(event, whole.updates) ?? []);
  const recorded = followed.flatMap((event) => commandOf(event, whole.events, whole.updates) ?? []);
  return {
    jobs: [...jobs, ...updates],
    at: millisOf(started?.eventTime),
    historyLength: Number(started?.eventId ?? 0),
    continueAsNewSuggested: started?.workflowTaskStartedEventAttributes?.suggestContinueAsNew ?? false,
    locals: new Map(followed.flatMap((event) => localOf(event) ?? [])),
    recorded,
    commands: recorded.map(signature),
    patchIds: followed.flatMap((event) => patchOf(event) ?? []),
    flags: [],
  };
}

const flagsIn = (events: readonly HistoryEvent[]): readonly number[] =>
  events.flatMap(({ workflowTaskCompletedEventAttributes: done }) => done?.sdkMetadata?.langUsedFlags ?? []);

/**
 * Where the part of the history that each workflow task has seen ends. Failed workflow tasks, and those that only kept
 * a long one alive, belong to the next one.
 */
function taskEnds(events: readonly HistoryEvent[]): readonly number[] {
  const ends: number[] = [];
  for (;;) {
    const end = taskEnd(events, (ends.at(-1) ?? -1) + 1);
    if (end === undefined) return ends;
    ends.push(end);
  }
}

function taskEnd(events: readonly HistoryEvent[], from: number): number | undefined {
  let sawCommand = false;
  const passed: number[] = [];
  for (const [i, event] of events.entries()) {
    if (i < from) continue;
    sawCommand ||= isCommandEvent(event);
    const after = events[i + 2];
    if (!event.workflowTaskStartedEventAttributes || !events[i + 1]?.workflowTaskCompletedEventAttributes) continue;
    passed.push(i);
    if (!sawCommand && after?.workflowTaskScheduledEventAttributes) continue;
    // The workflow got the update in the last workflow task that had begun when it came.
    const sequenced = after?.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequestSequencingEventId;
    return passed.findLast((one) => sequenced && Number(events[one]?.eventId) < Number(sequenced)) ?? i;
  }
  return undefined;
}

const isCommandEvent = (event: HistoryEvent): boolean =>
  Boolean(
    event.activityTaskScheduledEventAttributes ??
    event.activityTaskCancelRequestedEventAttributes ??
    event.markerRecordedEventAttributes ??
    event.timerStartedEventAttributes ??
    event.timerCanceledEventAttributes ??
    event.upsertWorkflowSearchAttributesEventAttributes ??
    event.workflowPropertiesModifiedEventAttributes ??
    event.workflowExecutionUpdateAcceptedEventAttributes ??
    event.workflowExecutionUpdateCompletedEventAttributes ??
    event.workflowExecutionCompletedEventAttributes ??
    event.workflowExecutionFailedEventAttributes ??
    event.workflowExecutionContinuedAsNewEventAttributes,
  );
