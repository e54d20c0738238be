import { CAPACITY_PROVIDER_ATTRIBUTE } from '../../../model/container-instance.ts';
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

/** A task that took a capacity provider of the operator's goes to no instance outside that provider's group. */
export const capacityProviderFilter = (room: Room, name: string): Filter => ({
  reason: 'CAPACITY_PROVIDER',
  shortfall: (instance) => (room.attributeOf(instance, CAPACITY_PROVIDER_ATTRIBUTE) === name ? 0 : 1),
});
