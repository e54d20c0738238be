/**
 * Refuses calls that come faster than the services' rates. They are counted over whatever protocol they come, for the whole
 * account or for each caller as their category says; an api process counts the calls that it gets itself.
 */
import { defined } from '../../model/defined.ts';
import { EcsError } from '../../model/errors.ts';
import type { Rate } from './bucket.ts';
import { CATEGORIES, type Category, OF_ALL_SOURCES } from './categories.ts';
import { KeyedBuckets } from './keyed-buckets.ts';

export interface ThrottleOptions {
  /** The services' rates times this. */
  readonly factor: number;
  /** Milliseconds from any beginning, never backwards. */
  readonly now: () => number;
}

/** By what calls are told apart where the account does not count them together. */
export interface CalledBy {
  /** The address that the call comes from, or its network. */
  readonly source: string;
  /** The ARN of the user, role or root that calls. */
  readonly principal: string;
}

/** So many addresses or principals are counted in one category: whoever was heard of last. */
const MOST_CALLERS = 10_000;

interface Counted {
  readonly per: Category['per'];
  readonly buckets: KeyedBuckets;
  /** One bucket that all callers share beside their own. */
  readonly ofAll?: KeyedBuckets;
}

export class Throttle {
  /** By service and operation, such as `ecs:RunTask`; those of one category share theirs. */
  readonly #counted: ReadonlyMap<string, Counted>;

  constructor({ factor, now }: ThrottleOptions) {
    this.#counted = new Map(
      Object.entries(CATEGORIES).flatMap(([service, categories]) =>
        categories.flatMap(({ operations, per, ...own }) => {
          const most = per === 'account' ? 1 : MOST_CALLERS;
          const buckets = (rate: Rate, kept: number) =>
            new KeyedBuckets({ rate: scaled(rate, factor), most: kept, now });
          const ofAll = per === 'source' ? buckets(OF_ALL_SOURCES, 1) : undefined;
          const counted: Counted = { per, buckets: buckets(own, most), ...defined({ ofAll }) };
          return operations.map((operation) => [`${service}:${operation}`, counted] as const);
        }),
      ),
    );
  }

  /** Counts a call. Throws ThrottlingException if it comes too soon. What has no category is not counted. */
  admit(service: string, operation: string, by: CalledBy): void {
    const counted = this.#counted.get(`${service}:${operation}`);
    if (counted === undefined) return;
    const { per, buckets, ofAll } = counted;
    // Its own comes first: whoever has used that up takes nothing from the others.
    const isTaken = buckets.take(per === 'account' ? '' : by[per]) && (ofAll?.take('') ?? true);
    if (!isTaken) throw new EcsError('ThrottlingException', 'Rate exceeded');
  }
}

/** A bucket for less than one call would let none through. */
const scaled = ({ burst, perSecond }: Rate, factor: number): Rate => ({
  burst: Math.max(1, burst * factor),
  perSecond: perSecond * factor,
});
