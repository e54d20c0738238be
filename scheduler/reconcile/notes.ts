/** An event with a lasting cause is written once, and again only after hours. The notes remember which events, and when. */
import type { EpochMs } from '../../model/time.ts';
import { providerIsEmpty, unableToStart } from '../service/event-text.ts';
import type { ServiceView } from '../service/view.ts';

export type Notes = Readonly<Record<string, EpochMs>>;

/** Whether the message is due, and the notes after writing it. The workflow uses it, too, for instance for refused placements. */
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
 * Drops notes whose cause is gone, so that the message is written at once when the cause returns. `standing`: messages
 * whose cause the plan sees. The workflow's own messages stay while it waits for a place or is throttled.
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

/** The common part of every message about a task that found no place. */
const UNPLACED = 'unable to place';
