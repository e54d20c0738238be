/**
 * How many refused calls the audit keeps, so that nobody fills the disk by being refused. What is left out is counted.
 * Calls that were carried out are always kept.
 */
import type { Rate } from '../throttle/bucket.ts';
import { KeyedBuckets } from '../throttle/keyed-buckets.ts';

/** For each source of unknown callers. */
const OF_UNKNOWN: Rate = { burst: 300, perSecond: 1 / 60 };
/** For all unknown callers together: whatever they send, it is below 500 MB in 90 days; with good tokens of issuers 1 GB. */
const OF_ALL_UNKNOWN: Rate = { burst: 1_000, perSecond: 1 / 20 };
/** For each user or role. */
const OF_KNOWN: Rate = { burst: 1_000, perSecond: 1 / 5 };
/** So many are remembered: those that were heard of last. */
const MOST_SOURCES = 1_000;
/** How many sources are named of those that were left out. */
const MOST_NAMED = 20;

export interface LeftOut {
  readonly calls: number;
  /** How many of them by source: an address, of IPv6 its first 64 bits, or a principal's ARN. Those of further sources are only in `calls`. */
  readonly bySource: Readonly<Record<string, number>>;
}

export class Allowance {
  /** Apart, so that addresses, of which there are many, push no user out. */
  readonly #buckets: { readonly known: KeyedBuckets; readonly unknown: KeyedBuckets };
  /** One bucket. */
  readonly #ofAllUnknown: KeyedBuckets;
  #calls = 0;
  readonly #bySource = new Map<string, number>();

  /** `now`: milliseconds from any beginning. */
  constructor(now: () => number) {
    this.#buckets = {
      known: new KeyedBuckets({ rate: OF_KNOWN, most: MOST_SOURCES, now }),
      unknown: new KeyedBuckets({ rate: OF_UNKNOWN, most: MOST_SOURCES, now }),
    };
    this.#ofAllUnknown = new KeyedBuckets({ rate: OF_ALL_UNKNOWN, most: 1, now });
  }

  /** Whether a refused call from there is kept. `known`: the caller is who it says. */
  admit(source: string, { known }: { readonly known: boolean }): boolean {
    const isKept = this.#buckets[known ? 'known' : 'unknown'].take(source) && (known || this.#ofAllUnknown.take(''));
    if (!isKept) this.leaveOut(source);
    return isKept;
  }

  /** Counts a call that is not kept. */
  leaveOut(source: string): void {
    this.#calls++;
    const before = this.#bySource.get(source);
    if (before !== undefined || this.#bySource.size < MOST_NAMED) this.#bySource.set(source, (before ?? 0) + 1);
  }

  /** What was left out since the last time; undefined if nothing was. */
  takeLeftOut(): LeftOut | undefined {
    if (this.#calls === 0) return undefined;
    const leftOut = { calls: this.#calls, bySource: Object.fromEntries(this.#bySource) };
    this.#calls = 0;
    this.#bySource.clear();
    return leftOut;
  }
}
