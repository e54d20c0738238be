/**
 * Turns each event of a history into a job for the workflow, a command that it gave, or the answer of a local activity.
 */
import { decode, type ProtoFailure } from '../../simulation/engine/payloads.ts';
import type { LocalResult } from '../../simulation/engine/replay.ts';
import type { Command, Job } from '../../simulation/engine/sandbox.ts';
import type { HistoryEvent } from './recorded-history.ts';

/** The ids under which the workflow answers updates, by the updates' ids. */
export type UpdateIds = Map<string, string>;

type Resolution = LocalResult['result'];

/** The job that an event gives the workflow; undefined: none. Local activities and updates are recorded elsewhere. */
export function jobOf(event: HistoryEvent, events: readonly HistoryEvent[], workflowId: string): Job | undefined {
  const started = event.workflowExecutionStartedEventAttributes;
  if (started) {
    const { workflowType, input } = started;
    const called = {
      workflowType: workflowType?.name ?? '',
      workflowId,
      arguments: input?.payloads ?? [],
      headers: {},
    };
    return { initializeWorkflow: called };
  }
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal) {
    const { signalName = '', input, identity = '' } = signal;
    return { signalWorkflow: { signalName, input: input?.payloads ?? [], headers: {}, identity } };
  }
  const fired = event.timerFiredEventAttributes;
  if (fired) return { fireTimer: { seq: Number(fired.timerId) } };
  const scheduledAt = endOfActivity(event)?.scheduledEventId;
  const result = resolutionOf(event);
  if (!result || scheduledAt === undefined) return undefined;
  return { resolveActivity: { seq: activitySeq(events, scheduledAt), result } };
}

const endOfActivity = (event: HistoryEvent) =>
  event.activityTaskCompletedEventAttributes ??
  event.activityTaskFailedEventAttributes ??
  event.activityTaskTimedOutEventAttributes ??
  event.activityTaskCanceledEventAttributes;

/** The failure converter needs the activity's name, which none of our workflows reads. */
function resolutionOf(event: HistoryEvent): Resolution | undefined {
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed) return { completed: { result: completed.result?.payloads?.[0] ?? null } };
  const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
  if (failed) return { failed: { failure: activityFailure('Activity task failed', failed.failure) } };
  if (!event.activityTaskCanceledEventAttributes) return undefined;
  return { cancelled: { failure: activityFailure('Activity cancelled', { canceledFailureInfo: {} }) } };
}

const activityFailure = (message: string, cause: ProtoFailure | null | undefined): ProtoFailure => ({
  message,
  activityFailureInfo: { activityType: { name: 'recorded' } },
  ...(cause ? { cause } : {}),
});

function activitySeq(events: readonly HistoryEvent[], scheduledEventId: unknown): number {
  const scheduled = events[Number(scheduledEventId) - 1]?.activityTaskScheduledEventAttributes;
  if (!scheduled) throw new Error(`Event ${String(scheduledEventId)} schedules no activity.`);
  return Number(scheduled.activityId);
}

export function updateJobOf(event: HistoryEvent, updates: UpdateIds): Job | undefined {
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
  if (!accepted) return undefined;
  const { protocolInstanceId = '', acceptedRequest } = accepted;
  const id = acceptedRequest?.meta?.updateId ?? '';
  updates.set(id, protocolInstanceId ?? '');
  const { name = '', args } = acceptedRequest?.input ?? {};
  const meta = acceptedRequest?.meta ?? {};
  const input = args?.payloads ?? [];
  return { doUpdate: { id, protocolInstanceId, name, input, headers: {}, meta, runValidator: false } };
}

export function commandOf(
  event: HistoryEvent,
  events: readonly HistoryEvent[],
  updates: UpdateIds,
): Command | undefined {
  const patchId = patchOf(event);
  if (patchId !== undefined) return { setPatchMarker: { patchId } };
  return activityCommand(event, events) ?? timerCommand(event) ?? updateCommand(event, updates) ?? lastCommand(event);
}

function activityCommand(event: HistoryEvent, events: readonly HistoryEvent[]): Command | undefined {
  const scheduled = event.activityTaskScheduledEventAttributes;
  if (scheduled) {
    const { activityId, activityType, taskQueue } = scheduled;
    const named = { activityType: activityType?.name ?? '', taskQueue: taskQueue?.name ?? '' };
    return { scheduleActivity: { seq: Number(activityId), ...named } };
  }
  const cancelled = event.activityTaskCancelRequestedEventAttributes;
  return cancelled ? { requestCancelActivity: { seq: activitySeq(events, cancelled.scheduledEventId) } } : undefined;
}

function timerCommand(event: HistoryEvent): Command | undefined {
  const started = event.timerStartedEventAttributes;
  if (started) return { startTimer: { seq: Number(started.timerId) } };
  const cancelled = event.timerCanceledEventAttributes;
  return cancelled ? { cancelTimer: { seq: Number(cancelled.timerId) } } : undefined;
}

function updateCommand(event: HistoryEvent, updates: UpdateIds): Command | undefined {
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
  if (accepted) return { updateResponse: { protocolInstanceId: accepted.protocolInstanceId ?? '', accepted: {} } };
  const completed = event.workflowExecutionUpdateCompletedEventAttributes;
  if (!completed) return undefined;
  const protocolInstanceId = updates.get(completed.meta?.updateId ?? '') ?? '';
  const { success, failure } = completed.outcome ?? {};
  const outcome = success ? { completed: success.payloads?.[0] ?? null } : { rejected: failure ?? null };
  return { updateResponse: { protocolInstanceId, ...outcome } };
}

function lastCommand(event: HistoryEvent): Command | undefined {
  if (event.workflowExecutionCompletedEventAttributes) return { completeWorkflowExecution: {} };
  const failed = event.workflowExecutionFailedEventAttributes;
  if (failed) return { failWorkflowExecution: { failure: failed.failure ?? null } };
  const next = event.workflowExecutionContinuedAsNewEventAttributes;
  if (next) {
    const named = { workflowType: next.workflowType?.name ?? '', taskQueue: next.taskQueue?.name ?? '' };
    return { continueAsNewWorkflowExecution: named };
  }
  return event.workflowPropertiesModifiedEventAttributes ? { modifyWorkflowProperties: {} } : undefined;
}

export function patchOf({ markerRecordedEventAttributes: marker }: HistoryEvent): string | undefined {
  if (marker?.markerName !== 'core_patch') return undefined;
  return (decode(marker.details?.['patch-data']?.payloads?.[0]) as { id: string }).id;
}

interface LocalMarker {
  readonly seq: number;
  readonly activity_type: string;
  readonly complete_time: { readonly seconds: number; readonly nanos: number } | null;
}

/** A local activity's answer, by the number under which the workflow called it. */
export function localOf(event: HistoryEvent): [readonly [number, LocalResult]] | undefined {
  const marker = event.markerRecordedEventAttributes;
  if (marker?.markerName !== 'core_local_activity') return undefined;
  const { seq, activity_type, complete_time } = decode(marker.details?.['data']?.payloads?.[0]) as LocalMarker;
  const at = complete_time ? complete_time.seconds * 1000 + Math.floor(complete_time.nanos / 1e6) : 0;
  return [[seq, { activityType: activity_type, result: localResolution(event), at }]];
}

function localResolution({ markerRecordedEventAttributes: marker }: HistoryEvent): Resolution {
  const failure = marker?.failure;
  if (!failure) return { completed: { result: marker?.details?.['result']?.payloads?.[0] ?? null } };
  const isCancelled = failure.canceledFailureInfo ?? failure.cause?.canceledFailureInfo;
  return isCancelled ? { cancelled: { failure } } : { failed: { failure } };
}
