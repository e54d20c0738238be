/**
 * Placement requests of every kind for ten thousand tasks on five thousand instances. Tests check what they place; the
 * bench measures their time.
 */
import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import type { CapacitySnapshot } from '../model/capacity.ts';
import type { PlacementRequest } from '../scheduler/placement/types.ts';
import { aRequest, aSnapshot, anInstance, ZONE } from '../fixtures/capacity.ts';

export const CASE_INSTANCES = 5_000;
export const CASE_TASKS = 10_000;

export interface PlacementCase {
  readonly name: string;
  readonly request: PlacementRequest;
}

export const caseSnapshot = (): CapacitySnapshot =>
  aSnapshot(
    Array.from({ length: CASE_INSTANCES }, (_, i) =>
      anInstance(`i-${i}`, {
        cpu: 1024 * (1 + (i % 4)),
        memoryMiB: 2048 * (1 + (i % 3)),
        attributes: { [ZONE]: `zone-${i % 3}`, rack: `rack-${i % 700}`, type: i % 2 ? 'm5' : 't2', serial: `${i}` },
        groups: { 'service:web': i % 5 === 0 ? 1 : 0 },
      }),
    ),
  );

const zones: PlacementStrategy = { type: 'spread', field: `attribute:${ZONE}` };
const racks: PlacementStrategy = { type: 'spread', field: 'attribute:rack' };
const instances: PlacementStrategy = { type: 'spread', field: 'instanceId' };
const serials: PlacementStrategy = { type: 'spread', field: 'attribute:serial' };
const memory: PlacementStrategy = { type: 'binpack', field: 'memory' };
const memberOf = (expression: string): PlacementConstraint => ({ type: 'memberOf', expression });

const of = (
  name: string,
  strategies: readonly PlacementStrategy[],
  constraints: readonly PlacementConstraint[] = [],
): PlacementCase => ({ name, request: aRequest({ count: CASE_TASKS, strategies, constraints }) });

export const PLACEMENT_CASES: readonly PlacementCase[] = [
  of('spread(zone), binpack(memory)', [zones, memory]),
  of('spread(zone), spread(instanceId): the default', [zones, instances]),
  of('spread(zone), spread(rack), spread(instanceId)', [zones, racks, instances]),
  of('binpack(memory), spread(zone)', [memory, zones]),
  of('a spread over an attribute that differs everywhere', [serials]),
  of('random', [{ type: 'random' }]),
  of('with a pattern', [zones, memory], [memberOf('attribute:rack =~ rack-[0-9]+')]),
  of('with a group', [zones, memory], [memberOf('not(task:group == service:db)')]),
];

/** More tasks than fit, so that the refusal must say why. */
export const TOO_MANY: PlacementRequest = aRequest({ count: 100_000, strategies: [zones, memory] });
