/** What ECS does when no placement strategy is given. */
import type { PlacementStrategy } from '@aws-sdk/client-ecs';
import { AVAILABILITY_ZONE_ATTRIBUTE } from '../../model/container-instance.ts';

/** Services: over zones, then to the instance with the fewest tasks of the service. */
export const DEFAULT_SERVICE_STRATEGIES: readonly PlacementStrategy[] = [
  { type: 'spread', field: `attribute:${AVAILABILITY_ZONE_ATTRIBUTE}` },
  { type: 'spread', field: 'instanceId' },
];

/** RunTask: ECS leaves it open; here any instance that can take the task, with equal chance. */
export const DEFAULT_RUN_TASK_STRATEGIES: readonly PlacementStrategy[] = [{ type: 'random' }];

/** The strategies given, or ECS's own for the kind of owner when there are none. */
export function strategiesOrDefault(
  owner: 'service' | 'RunTask',
  given: readonly PlacementStrategy[],
): readonly PlacementStrategy[] {
  if (given.length > 0) return given;
  return owner === 'service' ? DEFAULT_SERVICE_STRATEGIES : DEFAULT_RUN_TASK_STRATEGIES;
}
