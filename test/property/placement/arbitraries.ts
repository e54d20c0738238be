/** Random clusters and requests, small enough that ties, full instances and missing attributes are common. */
import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { AVAILABILITY_ZONE_ATTRIBUTE, FARGATE_ATTRIBUTE } from '../../../model/container-instance.ts';
import type { CapacitySnapshot } from '../../../model/capacity.ts';
import type { GpuAmount } from '../../../model/gpus.ts';
import type { PlacementRequest } from '../../../scheduler/placement/types.ts';
import { aSnapshot, anInstance } from '../../../fixtures/capacity.ts';
import type { InstanceRow } from '../../../fixtures/capacity.ts';

const GROUPS = ['service:web', 'service:db'] as const;
const PORTS = ['80/tcp', '81/tcp', '53/udp'] as const;

const attributes = fc
  .record(
    {
      [AVAILABILITY_ZONE_ATTRIBUTE]: fc.constantFrom('a', 'b', 'c'),
      rack: fc.constantFrom('r1', 'r2'),
      [FARGATE_ATTRIBUTE]: fc.constant(''),
    },
    { requiredKeys: [] },
  )
  .map((found) => Object.fromEntries(Object.entries(found)) as Record<string, string>);

const row = fc.record({
  agentConnected: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
  cpu: fc.integer({ min: -1, max: 8 }).map((n) => n * 128),
  memoryMiB: fc.integer({ min: -1, max: 8 }).map((n) => n * 256),
  usedPorts: fc.subarray([...PORTS]),
  gpus: fc.integer({ min: 0, max: 3 }),
  heldGpus: fc.integer({ min: 0, max: 1 }),
  attributes,
  runningTasksCount: fc.integer({ min: 0, max: 3 }),
  groups: fc.record({ 'service:web': fc.integer({ min: 0, max: 3 }), 'service:db': fc.integer({ min: 0, max: 1 }) }),
});

export const rows: fc.Arbitrary<readonly InstanceRow[]> = fc.array(row, { maxLength: 12 }).chain((list) =>
  fc
    .uniqueArray(fc.string({ unit: fc.constantFrom('0', '1', '7', 'a', 'f'), minLength: 2, maxLength: 4 }), {
      minLength: list.length,
      maxLength: list.length,
    })
    .map((ids) => list.map((each, i) => anInstance(ids[i]!, each))),
);

export const elsewhere: fc.Arbitrary<CapacitySnapshot['elsewhere']> = fc.array(
  fc.record({ attributes, tasks: fc.integer({ min: 1, max: 4 }) }),
  { maxLength: 3 },
);

const constraint: fc.Arbitrary<PlacementConstraint> = fc.oneof(
  fc.constant<PlacementConstraint>({ type: 'distinctInstance' }),
  fc
    .constantFrom(
      'attribute:rack == r1',
      'attribute:rack != r1',
      'attribute:ecs.availability-zone in [a, b]',
      'runningTasksCount < 2',
      'not(task:group == service:db)',
      'task:group !~ service:w.*',
    )
    .map((expression): PlacementConstraint => ({ type: 'memberOf', expression })),
);

const strategy: fc.Arbitrary<PlacementStrategy> = fc.constantFrom<PlacementStrategy>(
  { type: 'spread', field: `attribute:${AVAILABILITY_ZONE_ATTRIBUTE}` },
  { type: 'spread', field: 'attribute:rack' },
  { type: 'spread', field: 'instanceId' },
  { type: 'binpack', field: 'cpu' },
  { type: 'binpack', field: 'memory' },
  { type: 'random' },
);

export const request: fc.Arbitrary<PlacementRequest> = fc.record({
  count: fc.integer({ min: 0, max: 25 }),
  resources: fc.record({
    cpu: fc.constantFrom(0, 128, 256),
    memoryMiB: fc.constantFrom(64, 256, 512),
    ports: fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, fc.subarray([...PORTS])),
    gpus: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom<GpuAmount>(1, 'ALL')),
  }),
  requiredAttributes: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.constant([{ name: 'rack' }])),
  constraints: fc.array(constraint, { maxLength: 2 }),
  strategies: fc.array(strategy, { maxLength: 4 }),
  group: fc.constantFrom(...GROUPS),
  launchType: fc.constantFrom('EC2' as const, 'EC2' as const, 'FARGATE' as const),
});

export const seed = fc.integer();

export const snapshotOf = (
  list: readonly InstanceRow[],
  tasksElsewhere: CapacitySnapshot['elsewhere'] = [],
): CapacitySnapshot => aSnapshot(list, { elsewhere: tasksElsewhere });
