/** The instance must satisfy a cluster query. */
import { evaluateClusterQuery } from '../../../model/cluster-query/index.ts';
import type { ClusterQuery } from '../../../model/cluster-query/index.ts';
import type { Room } from '../room.ts';
import type { Filter } from './filter.ts';

export function memberOfFilter(room: Room, query: ClusterQuery): Filter {
  const shortfall = (instance: number): number => {
    room.at = instance;
    return evaluateClusterQuery(query, room) ? 0 : 1;
  };
  return { reason: 'CONSTRAINT', constraint: 'memberOf', shortfall };
}
