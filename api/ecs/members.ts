/** Builds objects with optional members: the model has no members with the value undefined. */

/** `{ [name]: value }`, or `{}` if the value is undefined, to be spread into an object of the model. */
export function member<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, NonNullable<Value>>> {
  if (value === undefined || value === null) return {};
  const one: Partial<Record<Name, NonNullable<Value>>> = {};
  one[name] = value;
  return one;
}
