/**
 * Refuses calls that come faster than the services' rates. They are counted for the whole account, whoever calls and over
 * whatever protocol; an api process counts the calls that it gets itself.
 */
import { EcsError } from '../../model/errors.ts';
import { type Bucket, fullBucket, type Rate, takeToken } from './bucket.ts';
import { CATEGORIES } from './categories.ts';

export interface ThrottleOptions {
  /** The services' rates times this. */
  readonly factor: number;
  /** Milliseconds from any beginning, never backwards. */
  readonly now: () => number;
}

interface Counted {
  readonly rate: Rate;
  bucket: Bucket;
}

export class Throttle {
  readonly #now: () => number;
  /** By service and operation, such as `ecs:RunTask`; those of one category share theirs. */
  readonly #counted: ReadonlyMap<string, Counted>;

  constructor({ factor, now }: ThrottleOptions) {
    this.#now = now;
    this.#counted = new Map(
      Object.entries(CATEGORIES).flatMap(([service, categories]) =>
        categories.flatMap(({ operations, ...own }) => {
          const rate = scaled(own, factor);
          const counted: Counted = { rate, bucket: fullBucket(rate, now()) };
          return operations.map((operation) => [`${service}:${operation}`, counted] as const);
        }),
      ),
    );
  }

  /** Counts a call. Throws ThrottlingException if it comes too soon. What has no category is not counted. */
  admit(service: string, operation: string): void {
    const counted = this.#counted.get(`${service}:${operation}`);
    if (counted === undefined) return;
    const { bucket, isTaken } = takeToken(counted.bucket, counted.rate, this.#now());
    counted.bucket = bucket;
    if (!isTaken) throw new EcsError('ThrottlingException', 'Rate exceeded');
  }
}

/** A bucket for less than one call would let none through. */
const scaled = ({ burst, perSecond }: Rate, factor: number): Rate => ({
  burst: Math.max(1, burst * factor),
  perSecond: perSecond * factor,
});
