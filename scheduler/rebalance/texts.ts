/** ECS's texts about rebalancing: service events, and why a task stopped. */
import { about, named } from '../service/event-text.ts';

/** `3 tasks in us-east-1a, 1 tasks in us-east-1b`: the fullest zone first. */
const perZone = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([zone, count]) => `${count} tasks in ${zone}`)
    .join(', ');

export const azBalanced = (serviceName: string, counts: ReadonlyMap<string, number>): string =>
  about(serviceName, `is AZ balanced with ${perZone(counts)}.`);

export const notAzBalanced = (serviceName: string, counts: ReadonlyMap<string, number>): string =>
  about(serviceName, `is not AZ balanced with ${perZone(counts)}. AZ Rebalancing in progress.`);

export const startedToRebalance = (serviceName: string, zone: string, taskIds: readonly string[]): string =>
  about(serviceName, `has started ${taskIds.length} tasks in ${zone} to AZ Rebalance: ${named(taskIds)}.`);

export const stoppedByRebalancing = (serviceName: string, zone: string, taskIds: readonly string[]): string =>
  about(
    serviceName,
    `has stopped ${taskIds.length} running tasks in ${zone} due to AZ rebalancing: ${named(taskIds)}.`,
  );
