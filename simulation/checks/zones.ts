/** A steady service that is rebalanced is spread evenly over the availability zones, if there is room. */
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

/** For services only in which steady.ts finds nothing wrong. */
export function unbalanced({ world, scenario, now }: SettledInput, service: ServiceRecord): readonly string[] {
  const { definition, deployments } = service;
  const [primary] = deployments;
  const tasks = [...now.tasks.values()].filter(
    (task) => task.serviceName === definition.serviceName && task.lastStatus !== 'STOPPED',
  );
  if (!primary || deployments.length > 1 || !isRebalanced(definition) || !isWhole(tasks, definition.desiredCount))
    return [];
  // Rebalancing leaves such a service alone: it never counts as steady, or it cannot start a task before it stops one.
  const { upper } = serviceBounds(definition.desiredCount, definition);
  if (isStoppedShort(service) || upper <= definition.desiredCount) return [];
  const at = world.clock.now();
  if (tasks.some((task) => isProtected(task, at))) return [];
  const { capacityProviderStrategy: strategy = [] } = primary;
  // Each task keeps to its provider's zones, so with several providers the check cannot tell where the service can be.
  if (strategy.length > 1) return [];
  const offering = takingWork(now).filter((instance) => isOffering(instance, strategy[0]?.capacityProvider));
  const counts = new Map(offering.map((instance) => [zoneOf(instance), 0]));
  for (const { availabilityZone = '' } of tasks) {
    const count = counts.get(availabilityZone);
    // The task is on an instance that takes no more work. The planner counts such zones in its own way.
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
  return canMove ? [`service ${definition.serviceName} has ${describe(counts)}, but could be balanced`] : [];
}

const isWhole = (tasks: readonly Task[], desired: number): boolean =>
  tasks.length === desired && tasks.every((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING');

const describe = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([zone, count]) => `${count} in ${zone}`).join(', ');
