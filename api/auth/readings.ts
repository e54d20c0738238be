/**
 * What a request's condition keys may mean. Names of keys mean the same in any case, and ECS tells tags apart by it: with the
 * tags `Team` and `team`, `aws:RequestTag/team` has two values. A call is allowed only if it is with each of them, so that no
 * tag can hide another. Pure.
 */
import type { ContextValues } from './policy/context.ts';

/** So many decisions one access may take. */
const MOST_READINGS = 64;

/** Every choice of one value for each name; undefined if there are too many. Nearly always there is only one. */
export function readingsOf(context: ContextValues): readonly ContextValues[] | undefined {
  const byName = new Map<string, string[]>();
  for (const key of Object.keys(context)) {
    const name = key.toLowerCase();
    const keys = byName.get(name);
    if (keys === undefined) byName.set(name, [key]);
    else keys.push(key);
  }
  const doubtful = [...byName.values()].filter((keys) => keys.length > 1);
  if (doubtful.length === 0) return [context];
  if (doubtful.reduce((product, { length }) => product * length, 1) > MOST_READINGS) return undefined;
  return doubtful.reduce<readonly ContextValues[]>(
    (readings, keys) => readings.flatMap((reading) => keys.map((kept) => without(reading, keys, kept))),
    [context],
  );
}

const without = (context: ContextValues, keys: readonly string[], kept: string): ContextValues =>
  Object.fromEntries(Object.entries(context).filter(([key]) => key === kept || !keys.includes(key)));
