/**
 * While a simulation runs, it replaces the process's clock, timers and randomness with its own. So parts of the product
 * that use these, as they may outside workflows, behave the same for the same seed. The engine itself keeps the real
 * ones.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';

type Action = (...args: unknown[]) => void;

/** What `setTimeout` returns: enough of Node's Timeout. */
class VirtualTimer {
  readonly #cancel: () => void;

  constructor(cancel: () => void) {
    this.#cancel = cancel;
  }

  cancel(): void {
    this.#cancel();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

const real = {
  Date: globalThis.Date,
  random: Math.random,
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
  randomUUID: crypto.randomUUID,
};

/** Runs `act` with the globals replaced, and puts them back when it ends. Only one at a time in a process. */
export async function withVirtualGlobals<T>(clock: Clock, random: Random, act: () => Promise<T>): Promise<T> {
  install(clock, random);
  try {
    return await act();
  } finally {
    restore();
  }
}

function install(clock: Clock, random: Random): void {
  globalThis.Date = virtualDate(clock);
  Math.random = () => random.next();
  const after = (action: Action, ms = 0, ...args: unknown[]) =>
    new VirtualTimer(clock.after(ms, () => action(...args)));
  const every = (action: Action, ms = 0, ...args: unknown[]) => {
    let cancel = (): void => undefined;
    const next = (): void => {
      cancel = clock.after(Math.max(ms, 1), () => {
        next();
        action(...args);
      });
    };
    next();
    return new VirtualTimer(() => cancel());
  };
  const clear = (original: (timer?: NodeJS.Timeout) => void) => (timer?: unknown) =>
    timer instanceof VirtualTimer ? timer.cancel() : original(timer as NodeJS.Timeout | undefined);
  globalThis.setTimeout = after as unknown as typeof setTimeout;
  globalThis.setInterval = every as unknown as typeof setInterval;
  globalThis.clearTimeout = clear(real.clearTimeout);
  globalThis.clearInterval = clear(real.clearInterval);
  crypto.randomUUID = () => randomUuid(random) as ReturnType<typeof crypto.randomUUID>;
  syncBuiltinESMExports();
}

function restore(): void {
  globalThis.Date = real.Date;
  Math.random = real.random;
  globalThis.setTimeout = real.setTimeout;
  globalThis.setInterval = real.setInterval;
  globalThis.clearTimeout = real.clearTimeout;
  globalThis.clearInterval = real.clearInterval;
  crypto.randomUUID = real.randomUUID;
  syncBuiltinESMExports();
}

function virtualDate(clock: Clock): DateConstructor {
  const RealDate = real.Date;
  class VirtualDate extends RealDate {
    constructor(...args: unknown[]) {
      // The cast stands for every form that Date's constructor takes.
      super(...((args.length === 0 ? [clock.now()] : args) as unknown as [number]));
    }

    static override now(): number {
      return clock.now();
    }

    /** Real dates, made before or elsewhere, count as instances too. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof RealDate;
    }
  }
  return VirtualDate as unknown as DateConstructor;
}

export function randomUuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.below(16).toString(16));
  hex[12] = '4';
  hex[16] = (8 + random.below(4)).toString(16);
  const text = hex.join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}
