/**
 * Placement as a person would do it: look at every instance again for every task. It is slow, and written from ECS's
 * documentation alone, so that it shares no mistake with the real one.
 */
import type { PlacementStrategy } from '@aws-sdk/client-ecs';
import type { CapacitySnapshot } from '../../../model/capacity.ts';
import { parseClusterQuery, queryInstances } from '../../../model/cluster-query/index.ts';
import { FARGATE_ATTRIBUTE } from '../../../model/container-instance.ts';
import type { PlacementRequest } from '../../../scheduler/placement/types.ts';
import { aSnapshot } from '../../../fixtures/capacity.ts';
import type { InstanceRow } from '../../../fixtures/capacity.ts';

/** The instances after one task of the request was placed on `id`. */
export const afterPlacing = (
  rows: readonly InstanceRow[],
  request: PlacementRequest,
  id: string,
): readonly InstanceRow[] =>
  rows.map((row) => {
    if (row.id !== id) return row;
    const { cpu, memoryMiB, ports } = request.resources;
    const gpus = request.resources.gpus === 'ALL' ? row.gpus : request.resources.gpus;
    return {
      ...row,
      cpu: row.cpu - cpu,
      memoryMiB: row.memoryMiB - memoryMiB,
      gpus: row.gpus - gpus,
      heldGpus: row.heldGpus + gpus,
      usedPorts: [...(row.usedPorts ?? []), ...ports],
      groups: { ...row.groups, [request.group]: (row.groups[request.group] ?? 0) + 1 },
    };
  });

/** Whether a row has room for one task: CPU, memory, ports, GPUs. */
const hasRoom = (row: InstanceRow, { resources }: PlacementRequest): boolean =>
  row.cpu >= resources.cpu &&
  row.memoryMiB >= resources.memoryMiB &&
  (resources.gpus === 'ALL' ? row.gpus > 0 && row.heldGpus === 0 : row.gpus >= resources.gpus) &&
  resources.ports.every((port) => !row.usedPorts?.includes(port));

/** Ids of the instances that may take a task. */
export function eligible(rows: readonly InstanceRow[], request: PlacementRequest): readonly string[] {
  const snapshot = aSnapshot(rows);
  const memberOf = request.constraints
    .filter(({ type }) => type === 'memberOf')
    .map(({ expression }) => new Set(queryInstances(parseClusterQuery(expression ?? ''), snapshot)));
  const isDistinct = request.constraints.some(({ type }) => type === 'distinctInstance');
  return rows
    .filter((row) => row.agentConnected && hasRoom(row, request))
    .filter((row) => request.requiredAttributes.every(({ name }) => name in row.attributes))
    .filter((row) => request.launchType !== 'FARGATE' || FARGATE_ATTRIBUTE in row.attributes)
    .filter((row) => !isDistinct || (row.groups[request.group] ?? 0) === 0)
    .filter((row) => memberOf.every((ids) => ids.has(row.id)))
    .map(({ id }) => id);
}

/** The best instances by the strategies before the first `random`: any of them is a correct choice. */
export function bestOf(
  rows: readonly InstanceRow[],
  request: PlacementRequest,
  elsewhere: CapacitySnapshot['elsewhere'],
): readonly string[] {
  const ids = eligible(rows, request);
  let best = rows.filter(({ id }) => ids.includes(id));
  const spreadBefore: string[] = [];
  for (const strategy of request.strategies) {
    if (strategy.type === 'random') break;
    const rank = ranking({ strategy, spreadBefore, rows, group: request.group, elsewhere });
    const least = Math.min(...best.map(rank));
    best = best.filter((row) => rank(row) === least);
    if (strategy.field?.startsWith('attribute:')) spreadBefore.push(strategy.field.slice('attribute:'.length));
  }
  return best.map(({ id }) => id);
}

function ranking(given: {
  strategy: PlacementStrategy;
  spreadBefore: readonly string[];
  rows: readonly InstanceRow[];
  group: string;
  elsewhere: CapacitySnapshot['elsewhere'];
}): (row: InstanceRow) => number {
  const { strategy, spreadBefore, rows, group, elsewhere } = given;
  const tasksOn = (row: InstanceRow): number => row.groups[group] ?? 0;
  if (strategy.field === 'cpu') return (row) => row.cpu;
  if (strategy.field === 'memory') return (row) => row.memoryMiB;
  if (strategy.field === 'instanceId') return tasksOn;
  const names = [...spreadBefore, strategy.field!.slice('attribute:'.length)];
  const everywhere = [...rows.map((row) => ({ attributes: row.attributes, tasks: tasksOn(row) })), ...elsewhere];
  return (row) =>
    everywhere
      .filter(({ attributes }) => names.every((name) => attributes[name] === row.attributes[name]))
      .reduce((sum, { tasks }) => sum + tasks, 0);
}
