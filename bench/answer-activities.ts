/** What a call's workflow did before it answered, read from its history: the reference has to do as much. */
import type { temporal } from '@temporalio/proto';

export type ActivityKind = 'local' | 'ordinary';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const LOCAL_ACTIVITY_MARKER = 'core_local_activity';

/** The activities before the first update's answer, in their order. Throws when the history has no such answer. */
export function activitiesBeforeAnswer(events: readonly HistoryEvent[]): readonly ActivityKind[] {
  const answer = events.findIndex((event) => event.workflowExecutionUpdateCompletedEventAttributes);
  if (answer === -1) throw new Error('the history holds no answered update');
  return events.slice(0, answer).flatMap((event): ActivityKind[] => {
    if (event.markerRecordedEventAttributes?.markerName === LOCAL_ACTIVITY_MARKER) return ['local'];
    return event.activityTaskScheduledEventAttributes ? ['ordinary'] : [];
  });
}

/** "2 local activities", "1 ordinary and 2 local activities". */
export function describeActivities(kinds: readonly ActivityKind[]): string {
  const counts = (['ordinary', 'local'] as const)
    .map((kind) => ({ kind, count: kinds.filter((one) => one === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`);
  if (counts.length === 0) return 'no activity';
  return `${counts.join(' and ')} ${kinds.length === 1 ? 'activity' : 'activities'}`;
}
