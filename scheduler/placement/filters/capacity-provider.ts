/** A task of the operator's capacity provider runs only on instances of that provider's group. */
import { CAPACITY_PROVIDER_ATTRIBUTE } from '../../../model/container-instance.ts';
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

export const capacityProviderFilter = (room: Room, name: string): Filter => ({
  reason: 'CAPACITY_PROVIDER',
  shortfall: (instance) => (room.attributeOf(instance, CAPACITY_PROVIDER_ATTRIBUTE) === name ? 0 : 1),
});
