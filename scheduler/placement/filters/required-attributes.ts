/** The instance must have every attribute that the task definition requires, with the required value if there is one. */
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

export function requiredAttributesFilter(room: Room): Filter {
  const required = room.request.requiredAttributes;
  const lacks = (instance: number, name: string, value: string | undefined): boolean => {
    const actual = room.attributeOf(instance, name);
    return actual === undefined || (value !== undefined && actual !== value);
  };
  const shortfall = (instance: number): number =>
    required.filter(({ name, value }) => lacks(instance, name, value)).length;
  return { reason: 'ATTRIBUTE', shortfall };
}
