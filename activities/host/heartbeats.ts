/** How an activity that lasts tells Temporal that its agent lives. */
import { Context } from '@temporalio/activity';

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

/**
 * Waits for the work, and heartbeats if it takes a while: each heartbeat makes Temporal write, so quick work sends
 * none. A cancellation ends the wait, not the work. `check` may end the wait by throwing.
 */
export async function whileHeartbeating<T>(work: Promise<T>, check: () => void = () => undefined): Promise<T> {
  const context = Context.current();
  const { heartbeatMs, lookMs } = paceOf(context.info.heartbeatTimeoutMs ?? 0);
  let dueAt = Date.now() + heartbeatMs;
  let timer: NodeJS.Timeout | undefined;
  const checked = new Promise<never>((_resolve, reject) => {
    const look = (): void => {
      try {
        check();
        // Timers are late by some milliseconds, and a heartbeat must not wait for the look after this one because of them.
        if (Date.now() < dueAt - lookMs / 2) return;
        context.heartbeat();
        dueAt = Date.now() + heartbeatMs;
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
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
