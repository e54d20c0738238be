/** The instance must be in the availability zone that the request names, as rebalancing does. */
import { AVAILABILITY_ZONE_ATTRIBUTE } from '../../../model/container-instance.ts';
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

export const zoneFilter = (room: Room, zone: string): Filter => ({
  reason: 'CONSTRAINT',
  constraint: 'memberOf',
  shortfall: (instance) => (room.attributeOf(instance, AVAILABILITY_ZONE_ATTRIBUTE) === zone ? 0 : 1),
});
