/** Time as the simulated parts see it: the machine's own, or the virtual one of the engine. */
import type { EpochMs } from '../model/time.ts';

export interface Clock {
  now(): EpochMs;
  /** Calls `action` once, that much later; the answer cancels it. */
  after(ms: number, action: () => void): () => void;
}

/** For simulated instances on a real Temporal. Its timers do not keep a process alive. */
export const realClock: Clock = {
  now: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
