/** Objects without the members that are undefined: exactOptionalPropertyTypes tells an absent member from such a one. */

type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];

/** `T` as its members that may be undefined are absent instead. */
export type Defined<T> = Omit<T, Optional<T>> & { [K in Optional<T>]?: Exclude<T[K], undefined> };

/** The members that are not undefined, in their order: `{ id, ...defined({ tags, startedBy }) }`. For object literals. */
export function defined<T extends object>(members: T): Defined<T> {
  const kept: Record<string, unknown> = {};
  for (const name in members) {
    const value = members[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept as Defined<T>;
}
