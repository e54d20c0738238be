/** A service that is steady is level over the availability zones, where it is rebalanced and there is room for it. */
import type { ServiceRecord } from '../../model/service.ts';
import type { Task } from '../../model/task.ts';
import { isRebalanced } from '../../model/zone-rebalancing.ts';
import { serviceBounds } from '../../scheduler/service/bounds.ts';
import { isProtected } from '../../scheduler/service/protection.ts';
import { movesNeeded } from '../../scheduler/rebalance/plan-moves.ts';
import { AVAILABILITY_ZONE_ATTRIBUTE, type CountedInstance } from '../../model/container-instance.ts';
import { familyOf, isOffering, roomFor, takingWork } from './room.ts';
import type { SettledInput } from './settled.ts';
import { isStoppedShort } from './steady.ts';

const zoneOf = ({ attributes }: CountedInstance): string =>
  attributes.find(({ name }) => name === AVAILABILITY_ZONE_ATTRIBUTE)?.value ?? '';

/** Only of services that steady.ts finds nothing wrong with. */
export function unbalanced({ world, scenario, now }: SettledInput, service: ServiceRecord): readonly string[] {
  const { definition, deployments } = service;
  const [primary] = deployments;
  const tasks = [...now.tasks.values()].filter(
    (task) => task.serviceName === definition.serviceName && task.lastStatus !== 'STOPPED',
  );
  if (!primary || deployments.length > 1 || !isRebalanced(definition) || !isWhole(tasks, definition.desiredCount))
    return [];
  // It never counts as steady, and is left as it is; or one more must be able to start before one stops.
  const { upper } = serviceBounds(definition.desiredCount, definition);
  if (isStoppedShort(service) || upper <= definition.desiredCount) return [];
  const at = world.clock.now();
  if (tasks.some((task) => isProtected(task, at))) return [];
  const { capacityProviderStrategy: strategy = [] } = primary;
  // Each task keeps to its provider's zones: only of one provider is it plain where the service can be.
  if (strategy.length > 1) return [];
  const offering = takingWork(now).filter((instance) => isOffering(instance, strategy[0]?.capacityProvider));
  const counts = new Map(offering.map((instance) => [zoneOf(instance), 0]));
  for (const { availabilityZone = '' } of tasks) {
    const count = counts.get(availabilityZone);
    // On an instance that takes no more work: the planner counts such zones in its own way.
    if (count === undefined) return [];
    counts.set(availabilityZone, count + 1);
  }
  if (movesNeeded([...counts.values()]) === 0) return [];
  const kind = scenario.tasks[familyOf(service.taskDefinitionArn)];
  const roomy = new Set(
    roomFor(kind, now)
      .filter((instance) => offering.includes(instance))
      .map(zoneOf),
  );
  const [least, most] = [Math.min(...counts.values()), Math.max(...counts.values())];
  const canMove = [...counts].some(([zone, count]) => count === least && roomy.has(zone)) && most - least >= 2;
  return canMove ? [`service ${definition.serviceName} has ${describe(counts)}, and could be level`] : [];
}

const isWhole = (tasks: readonly Task[], desired: number): boolean =>
  tasks.length === desired && tasks.every((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING');

const describe = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([zone, count]) => `${count} in ${zone}`).join(', ');
