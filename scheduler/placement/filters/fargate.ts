import { FARGATE_ATTRIBUTE, FARGATE_SPOT_ATTRIBUTE } from '../../../model/container-instance.ts';
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

/** FARGATE tasks go only where the instance offers it; those of FARGATE_SPOT where it offers that. */
export function fargateFilter(room: Room): Filter {
  const offer = room.request.capacityProviderName === 'FARGATE_SPOT' ? FARGATE_SPOT_ATTRIBUTE : FARGATE_ATTRIBUTE;
  return {
    reason: 'ATTRIBUTE',
    shortfall: (instance) => (room.attributeOf(instance, offer) === undefined ? 1 : 0),
  };
}
