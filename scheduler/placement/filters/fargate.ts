import { FARGATE_ATTRIBUTE } from '../../../model/container-instance.ts';
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

/** FARGATE tasks go only where the instance offers it. */
export const fargateFilter = (room: Room): Filter => ({
  reason: 'ATTRIBUTE',
  shortfall: (instance) => (room.attributeOf(instance, FARGATE_ATTRIBUTE) === undefined ? 1 : 0),
});
