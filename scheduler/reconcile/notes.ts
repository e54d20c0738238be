/** Events whose cause stands are written once, and again only after hours: the notes remember which, and when. */
import type { EpochMs } from '../../model/time.ts';
import { providerIsEmpty, unableToStart } from '../service/event-text.ts';
import type { ServiceView } from '../service/view.ts';

export type Notes = Readonly<Record<string, EpochMs>>;

/** Whether the message is due, and the notes once it is written. For the workflow too, as about refused placements. */
export function noteOnce(
  notedAt: Notes,
  message: string,
  now: EpochMs,
  repeatAfterMs: number,
): { readonly notedAt: Notes; readonly due: boolean } {
  const last = notedAt[message];
  if (last !== undefined && now - last < repeatAfterMs) return { notedAt, due: false };
  return { notedAt: { ...notedAt, [message]: now }, due: true };
}

/**
 * Notes whose cause is gone are dropped, so that the message is written at once when it comes back. `standing`: messages
 * whose cause the plan sees. The rest are the workflow's: they stand while it waits for a place or is throttled.
 */
export function updateNotes(
  view: ServiceView,
  standing: readonly string[],
): { notedAt: Notes; due: readonly string[] } {
  const { snapshot, now, policy } = view;
  const causes = new Set(standing);
  const throttled = unableToStart(snapshot.definition.serviceName);
  const emptyProvider = providerIsEmpty(snapshot.definition.serviceName);
  const stands = (message: string): boolean => {
    if (causes.has(message)) return true;
    if (message === emptyProvider) return snapshot.tasks.some(({ containerInstanceId }) => containerInstanceId === '');
    if (message === throttled) return snapshot.throttle.consecutiveStartFailures > 0;
    return message.includes(UNPLACED) && snapshot.placementRetryAt !== undefined;
  };
  const kept = Object.entries(snapshot.notedAt).filter(([message]) => stands(message));
  const last = new Map(kept);
  const due = standing.filter((message) => now - (last.get(message) ?? -Infinity) >= policy.repeatEventAfterMs);
  for (const message of due) last.set(message, now);
  return { notedAt: Object.fromEntries(last), due };
}

/** In every message about a task that found no place. */
const UNPLACED = 'unable to place';
