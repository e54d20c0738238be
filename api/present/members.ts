/** Times on the wire are Date objects until the protocol writes them as epoch seconds. */
import type { EpochMs } from '../../model/time.ts';

/** `{ [name]: Date }`, or nothing when there is no such time: for spreading into a wire object. */
export function dateMember<Name extends string>(name: Name, at: EpochMs | undefined): Partial<Record<Name, Date>> {
  if (at === undefined) return {};
  const member: Partial<Record<Name, Date>> = {};
  member[name] = new Date(at);
  return member;
}

/** `{ [name]: value }`, or nothing when the value is undefined: unset members are left out on the wire. */
export function member<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, NonNullable<Value>>> {
  if (value === undefined || value === null) return {};
  const one: Partial<Record<Name, NonNullable<Value>>> = {};
  one[name] = value;
  return one;
}
