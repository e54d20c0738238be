/**
 * The real store behind a network in virtual time: calls take a while, run one at a time, and may fail before or after
 * they are done.
 */
import { EcsError } from '../../model/errors.ts';
import type { Store } from '../../store/contract/store.ts';
import type { VirtualClock } from '../engine/virtual-clock.ts';
import type { Random } from '../random.ts';

export interface StoreFaults {
  /** Share of calls that do not reach the database. */
  readonly lost?: number;
  /** Share of calls that are done, but whose caller is told that the database is out of reach. */
  readonly answersLost?: number;
}

export interface VirtualStoreOptions {
  readonly store: Store;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly latency: () => number;
  readonly faults: () => StoreFaults;
  /** Sets what SQL takes for now. */
  readonly setNow: (at: number) => Promise<void>;
  /** Whether the caller lives. A dead caller gets no answer, but its call may be carried out. */
  readonly isAlive: () => boolean;
  readonly trace: (line: string) => void;
}

type Call = (...args: unknown[]) => Promise<unknown>;

const unreachable = (): EcsError =>
  new EcsError('ServiceUnavailable', 'The database is out of reach (simulated). Try again in a moment.');

export function createVirtualStore(options: VirtualStoreOptions): Store {
  const { store, clock, random, latency, faults, setNow, isAlive, trace } = options;
  const through =
    (name: string, call: Call): Call =>
    (...args) =>
      new Promise((resolve, reject) => {
        clock.after(latency(), async () => {
          if (!isAlive() && random.chance(0.5)) return;
          if (random.chance(faults().lost ?? 0)) {
            reject(unreachable());
            return;
          }
          trace(`store ${name}`);
          await setNow(clock.now());
          const outcome = await call(...args).then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
          );
          if (!isAlive()) return;
          if ('error' in outcome) reject(asError(outcome.error));
          else if (random.chance(faults().answersLost ?? 0)) reject(unreachable());
          else resolve(outcome.value);
        });
      });
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? through(String(name), member.bind(target) as Call) : member;
    },
  });
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
