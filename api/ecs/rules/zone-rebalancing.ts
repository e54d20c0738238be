/** Decides whether a service's tasks are rebalanced over availability zones. */
import type { AvailabilityZoneRebalancing } from '@aws-sdk/client-ecs';
import { rebalancingObstacle, type RebalancingParts } from '../../../model/zone-rebalancing.ts';
import { invalid } from './refusals.ts';

/** Throws InvalidParameterException if a request asks for rebalancing and the rest of the service excludes it. */
export function checkRebalancing(asked: AvailabilityZoneRebalancing | undefined, service: RebalancingParts): void {
  const obstacle = rebalancingObstacle(service);
  if (asked === 'ENABLED' && obstacle !== undefined) {
    throw invalid(`availabilityZoneRebalancing ENABLED cannot be used with ${obstacle}.`);
  }
}

/** For a new service: the requested value, or else ENABLED unless the rest of the service excludes it. */
export function resolveRebalancing(
  asked: AvailabilityZoneRebalancing | undefined,
  service: RebalancingParts,
): AvailabilityZoneRebalancing {
  checkRebalancing(asked, service);
  return asked ?? (rebalancingObstacle(service) === undefined ? 'ENABLED' : 'DISABLED');
}
