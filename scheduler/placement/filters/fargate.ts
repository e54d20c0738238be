/** FARGATE tasks run only on instances that offer FARGATE, FARGATE_SPOT tasks only on those that offer FARGATE_SPOT. */
import { FARGATE_ATTRIBUTE, FARGATE_SPOT_ATTRIBUTE } from '../../../model/container-instance.ts';
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

export function fargateFilter(room: Room): Filter {
  const offer = room.request.capacityProviderName === 'FARGATE_SPOT' ? FARGATE_SPOT_ATTRIBUTE : FARGATE_ATTRIBUTE;
  return {
    reason: 'ATTRIBUTE',
    shortfall: (instance) => (room.attributeOf(instance, offer) === undefined ? 1 : 0),
  };
}
