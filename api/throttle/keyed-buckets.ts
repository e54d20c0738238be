/** Token buckets by key, such as one for each address. So many are kept as are given: those that were used last. */
import { type Bucket, fullBucket, type Rate, takeToken } from './bucket.ts';

export interface KeyedBucketsOptions {
  readonly rate: Rate;
  /** Buckets at the most. A key that was pushed out begins with a full bucket again. */
  readonly most: number;
  /** Milliseconds from any beginning, never backwards. */
  readonly now: () => number;
}

export class KeyedBuckets {
  readonly #options: KeyedBucketsOptions;
  /** The one that was used longest ago comes first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: KeyedBucketsOptions) {
    this.#options = options;
  }

  /** Takes one token of the key's bucket. False if it has none. */
  take(key: string): boolean {
    const { rate, most } = this.#options;
    const now = this.#options.now();
    const { bucket, isTaken } = takeToken(this.#buckets.get(key) ?? fullBucket(rate, now), rate, now);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const [oldest] = this.#buckets.size > most ? this.#buckets.keys() : [];
    if (oldest !== undefined) this.#buckets.delete(oldest);
    return isTaken;
  }
}
