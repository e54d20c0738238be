/** Refuses calls that come faster than ECS's rates. An api process counts the calls that it gets itself. */
import { EcsError } from '../../model/errors.ts';
import { type Bucket, fullBucket, type Rate, takeToken } from './bucket.ts';
import { CATEGORIES } from './categories.ts';

export interface ThrottleOptions {
  /** ECS's rates times this. */
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
  /** By operation; those of one category share theirs. */
  readonly #counted: ReadonlyMap<string, Counted>;

  constructor({ factor, now }: ThrottleOptions) {
    this.#now = now;
    this.#counted = new Map(
      CATEGORIES.flatMap(({ operations, ...ecs }) => {
        const rate = scaled(ecs, factor);
        const counted: Counted = { rate, bucket: fullBucket(rate, now()) };
        return operations.map((operation) => [operation, counted] as const);
      }),
    );
  }

  /** Counts a call. Throws ThrottlingException if it comes too soon. Only ECS's operations are counted. */
  admit(service: string, operation: string): void {
    const counted = service === 'ecs' ? this.#counted.get(operation) : undefined;
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
