/** Members that are there or not: the model has no undefined ones. */

/** `{ [name]: value }`, or nothing when the value is undefined: for spreading into an object of the model. */
export function member<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, NonNullable<Value>>> {
  if (value === undefined || value === null) return {};
  const one: Partial<Record<Name, NonNullable<Value>>> = {};
  one[name] = value;
  return one;
}
