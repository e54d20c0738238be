/** Reads from a history which activities a call's workflow ran before it answered: the reference must run as many. */
import type { temporal } from '@temporalio/proto';

export type ActivityKind = 'local' | 'ordinary';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const LOCAL_ACTIVITY_MARKER = 'core_local_activity';

/** Returns the activities before the first update's answer, in order. Throws if the history has no such answer. */
export function activitiesBeforeAnswer(events: readonly HistoryEvent[]): readonly ActivityKind[] {
  const answer = events.findIndex((event) => event.workflowExecutionUpdateCompletedEventAttributes);
  if (answer === -1) throw new Error('the history has no answered update');
  return events.slice(0, answer).flatMap((event): ActivityKind[] => {
    if (event.markerRecordedEventAttributes?.markerName === LOCAL_ACTIVITY_MARKER) return ['local'];
    return event.activityTaskScheduledEventAttributes ? ['ordinary'] : [];
  });
}

/** Such as "2 local activities" or "1 ordinary and 2 local activities". */
export function describeActivities(kinds: readonly ActivityKind[]): string {
  const counts = (['ordinary', 'local'] as const)
    .map((kind) => ({ kind, count: kinds.filter((one) => one === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`);
  if (counts.length === 0) return 'no activity';
  return `${counts.join(' and ')} ${kinds.length === 1 ? 'activity' : 'activities'}`;
}
