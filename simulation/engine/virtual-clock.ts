/**
 * Virtual time: a list of actions, carried out in the order of their times. No time passes between two actions, and
 * everything that follows from one is over before the next begins.
 */
import type { EpochMs } from '../../model/time.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';

export interface Happening {
  readonly at: EpochMs;
  /** The order among actions of the same moment. */
  readonly turn: number;
  readonly number: number;
  readonly act: () => void | Promise<void>;
  cancelled: boolean;
}

/**
 * The next macrotask. By then, every promise that needs neither time nor input has settled. Bound before anybody
 * replaces the globals.
 */
const nextTurn = setImmediate;
const settle = (): Promise<void> => new Promise((resolve) => nextTurn(resolve));

export class VirtualClock implements Clock {
  readonly #random: Random;
  readonly #queue: Happening[] = [];
  #now: EpochMs;
  #count = 0;

  /** `random` decides the order of actions that fall on the same moment. */
  constructor(start: EpochMs, random: Random) {
    this.#now = start;
    this.#random = random;
  }

  now(): EpochMs {
    return Math.floor(this.#now);
  }

  /** How many actions have been scheduled, those that have run included. */
  get count(): number {
    return this.#count;
  }

  after(ms: number, act: () => void | Promise<void>): () => void {
    const at = this.#now + Math.max(ms, 0);
    const happening: Happening = { at, turn: this.#random.next(), number: this.#count, act, cancelled: false };
    this.#count += 1;
    push(this.#queue, happening);
    return () => {
      happening.cancelled = true;
    };
  }

  /** Runs every action that is due up to then; afterwards it is that time. */
  async advanceTo(until: EpochMs): Promise<void> {
    await settle();
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || next.at > until) break;
      pop(this.#queue);
      if (next.cancelled) continue;
      this.#now = Math.max(next.at, this.#now);
      const acting = next.act();
      if (acting) await acting;
      await settle();
    }
    this.#now = Math.max(until, this.#now);
  }

  advance(ms: number): Promise<void> {
    return this.advanceTo(this.#now + ms);
  }

  /** Runs one action after another until the condition holds. Returns false if it does not hold by the limit. */
  async advanceUntil(isMet: () => boolean, limit: EpochMs): Promise<boolean> {
    await settle();
    while (!isMet()) {
      const next = this.#queue[0];
      if (next === undefined || next.at > limit) {
        this.#now = Math.max(limit, this.#now);
        return false;
      }
      await this.#advanceOne();
    }
    return true;
  }

  async #advanceOne(): Promise<void> {
    const next = pop(this.#queue);
    if (next === undefined || next.cancelled) return;
    this.#now = Math.max(next.at, this.#now);
    const acting = next.act();
    if (acting) await acting;
    await settle();
  }
}

const isBefore = (a: Happening, b: Happening): boolean =>
  a.at !== b.at ? a.at < b.at : a.turn !== b.turn ? a.turn < b.turn : a.number < b.number;

function push(heap: Happening[], value: Happening): void {
  heap.push(value);
  let i = heap.length - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(value, above)) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = value;
}

function pop(heap: Happening[]): Happening | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let i = 0;
  for (;;) {
    const left = 2 * i + 1;
    const right = left + 1;
    const [l, r] = [heap[left], heap[right]];
    if (l === undefined) break;
    const [child, value] = r !== undefined && isBefore(r, l) ? [right, r] : [left, l];
    if (!isBefore(value, last)) break;
    heap[i] = value;
    i = child;
  }
  heap[i] = last;
  return first;
}
