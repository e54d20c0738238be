/** What ECS does without a placement strategy. */
import type { PlacementStrategy } from '@aws-sdk/client-ecs';
import { AVAILABILITY_ZONE_ATTRIBUTE } from '../../model/container-instance.ts';

/** Services: spread over zones, then to the instance with the fewest tasks of the service. */
export const DEFAULT_SERVICE_STRATEGIES: readonly PlacementStrategy[] = [
  { type: 'spread', field: `attribute:${AVAILABILITY_ZONE_ATTRIBUTE}` },
  { type: 'spread', field: 'instanceId' },
];

/** RunTask: ECS leaves it open; here any instance that can take the task, with equal probability. */
export const DEFAULT_RUN_TASK_STRATEGIES: readonly PlacementStrategy[] = [{ type: 'random' }];

/** The given strategies, or ECS's defaults for the kind of owner if there are none. */
export function strategiesOrDefault(
  owner: 'service' | 'RunTask',
  given: readonly PlacementStrategy[],
): readonly PlacementStrategy[] {
  if (given.length > 0) return given;
  return owner === 'service' ? DEFAULT_SERVICE_STRATEGIES : DEFAULT_RUN_TASK_STRATEGIES;
}
