/** How an activity that lasts tells Temporal that its agent lives. */
import { Context } from '@temporalio/activity';
import type { FencedWatch, HostFence } from './fence.ts';

/** How often an activity that lasts looks at the engine. */
const LOOK_MS = 2_000;
/**
 * Heartbeats in the time after which Temporal misses them: two in a row may be lost or late, and a third one late by most of a
 * pause. Each makes Temporal write twice, so there are no more, however long the time is.
 */
const HEARTBEATS_A_TIMEOUT = 4;

export interface Pace {
  /** Milliseconds between two heartbeats: a whole number of looks. */
  readonly heartbeatMs: number;
  /** Milliseconds between two looks. */
  readonly lookMs: number;
}

/** The pace for a heartbeat timeout in milliseconds; without one (0), a heartbeat at each look. */
export function paceOf(heartbeatTimeoutMs: number): Pace {
  const heartbeatMs = heartbeatTimeoutMs === 0 ? LOOK_MS : heartbeatTimeoutMs / HEARTBEATS_A_TIMEOUT;
  return { heartbeatMs, lookMs: heartbeatMs / Math.ceil(heartbeatMs / LOOK_MS) };
}

export interface Watching {
  /** May end the wait by throwing. */
  readonly check?: () => void;
  /** Sends a heartbeat, and may end the wait by rejecting. Absent: the SDK sends it, and nobody learns whether it arrived. */
  readonly beat?: () => Promise<void>;
}

/**
 * Waits for the work, and heartbeats if it takes a while: each heartbeat makes Temporal write, so quick work sends
 * none. A cancellation ends the wait, not the work.
 */
export async function whileHeartbeating<T>(work: Promise<T>, { check, beat }: Watching = {}): Promise<T> {
  const context = Context.current();
  const { heartbeatMs, lookMs } = paceOf(context.info.heartbeatTimeoutMs ?? 0);
  let dueAt = Date.now() + heartbeatMs;
  let timer: NodeJS.Timeout | undefined;
  const checked = new Promise<never>((_resolve, reject) => {
    const fail = (error: unknown): void => reject(error instanceof Error ? error : new Error(String(error)));
    const look = (): void => {
      try {
        check?.();
        // Timers are late by some milliseconds, and a heartbeat must not wait for the look after this one because of them.
        if (Date.now() < dueAt - lookMs / 2) return;
        if (beat === undefined) context.heartbeat();
        else beat().catch(fail);
        dueAt = Date.now() + heartbeatMs;
      } catch (error) {
        fail(error);
      }
    };
    timer = setInterval(look, lookMs);
  });
  try {
    return await Promise.race([work, checked, context.cancelled]);
  } finally {
    clearInterval(timer);
  }
}

/** The SDK counts an activity as lost without heartbeats of its own, so each third one goes through it as well. */
const OWN_BEATS_A_BEAT = 3;

/** Heartbeats that renew the lease of the fence when they are confirmed. */
export function fencedBeat(fence: HostFence, watch: FencedWatch): () => Promise<void> {
  const context = Context.current();
  let beats = 0;
  let isUnderWay = false;
  return async () => {
    beats += 1;
    if (beats % OWN_BEATS_A_BEAT === 0) context.heartbeat();
    // An answer that is late must not make the next heartbeats pile up behind it.
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      // The SDK learns that the watch has ended, and cancels it.
      if ((await fence.renew(watch)) === 'ended') context.heartbeat();
    } finally {
      isUnderWay = false;
    }
  };
}
