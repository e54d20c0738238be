/** Time as the simulated parts see it: the machine's own clock, or the engine's virtual one. */
import type { EpochMs } from '../model/time.ts';

export interface Clock {
  now(): EpochMs;
  /** Calls `action` once after `ms` milliseconds, unless the returned function is called first. */
  after(ms: number, action: () => void): () => void;
}

/** For simulated instances on a real Temporal. Its timers do not keep the process alive. */
export const realClock: Clock = {
  now: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
