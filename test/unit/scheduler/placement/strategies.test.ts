/** Placement strategies, alone and combined. */
import type { PlacementStrategy } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { CapacitySnapshot } from '../../../../model/capacity.ts';
import { placeTasks } from '../../../../scheduler/placement/place-tasks.ts';
import type { PlacementRequest } from '../../../../scheduler/placement/types.ts';
import { ZONE, aRequest, aSnapshot, anInstance } from '../../../../fixtures/capacity.ts';
import type { InstanceRow } from '../../../../fixtures/capacity.ts';

const GROUP = 'service:web';
const spread = (field: string): PlacementStrategy => ({ type: 'spread', field });
const binpack = (field: string): PlacementStrategy => ({ type: 'binpack', field });
const spreadZones = spread(`attribute:${ZONE}`);
const random: PlacementStrategy = { type: 'random' };

const inZone = (id: string, zone: string, row: Partial<InstanceRow> = {}): InstanceRow =>
  anInstance(id, { ...row, attributes: { [ZONE]: zone, ...row.attributes } });

/** Tasks placed on each instance, in the rows' order. */
function spreadOf(
  rows: readonly InstanceRow[],
  request: Parameters<typeof aRequest>[0],
  more: Partial<CapacitySnapshot> & { readonly seed?: number } = {},
): readonly number[] {
  const { seed = 1, ...columns } = more;
  const { placed } = placeTasks(aRequest(request), aSnapshot(rows, columns), seed);
  return rows.map(({ id }) => placed.filter(({ containerInstanceId }) => containerInstanceId === id).length);
}

/** The order in which instances are chosen. */
const orderOf = (rows: readonly InstanceRow[], request: Parameters<typeof aRequest>[0], seed = 1): readonly string[] =>
  placeTasks(aRequest(request), aSnapshot(rows), seed).placed.map((placed) => placed.containerInstanceId);

describe('spread over instances', () => {
  it.each(['instanceId', 'host', 'HOST'])('%s: fewest tasks of the group first', (field) => {
    const rows = [
      anInstance('a', { groups: { [GROUP]: 3 } }),
      anInstance('b', { groups: { [GROUP]: 1 } }),
      anInstance('c', { groups: { 'service:other': 9 } }),
    ];
    expect(spreadOf(rows, { count: 1, strategies: [spread(field)] })).toEqual([0, 0, 1]);
    expect(spreadOf(rows, { count: 5, strategies: [spread(field)] })).toEqual([0, 2, 3]);
    expect(spreadOf(rows, { count: 8, strategies: [spread(field)] })).toEqual([1, 3, 4]);
  });

  it('continues with the other instances when one is full', () => {
    const rows = [anInstance('a', { memoryMiB: 512 }), anInstance('b'), anInstance('c')];
    expect(spreadOf(rows, { count: 7, strategies: [spread('instanceId')] })).toEqual([1, 3, 3]);
  });
});

describe('spread over an attribute', () => {
  it('keeps the buckets level, however many instances each has', () => {
    const rows = [inZone('a1', 'a'), inZone('a2', 'a'), inZone('a3', 'a'), inZone('b1', 'b'), inZone('c1', 'c')];
    const [a1 = 0, a2 = 0, a3 = 0, b, c] = spreadOf(rows, { count: 9, strategies: [spreadZones] });
    expect([a1 + a2 + a3, b, c]).toEqual([3, 3, 3]);
  });

  it('counts tasks of the group that run already', () => {
    const rows = [inZone('a', 'a', { groups: { [GROUP]: 2 } }), inZone('b', 'b')];
    expect(spreadOf(rows, { count: 2, strategies: [spreadZones] })).toEqual([0, 2]);
    expect(spreadOf(rows, { count: 4, strategies: [spreadZones] })).toEqual([1, 3]);
  });

  it('counts tasks on full instances', () => {
    const rows = [
      inZone('full', 'a', { cpu: 0, groups: { [GROUP]: 2 } }),
      inZone('gone', 'a', { agentConnected: false, groups: { [GROUP]: 1 } }),
      inZone('a', 'a'),
      inZone('b', 'b'),
    ];
    expect(spreadOf(rows, { count: 3, strategies: [spreadZones] })).toEqual([0, 0, 0, 3]);
  });

  it('counts tasks on instances outside the snapshot', () => {
    const rows = [inZone('a', 'a'), inZone('b', 'b'), anInstance('none')];
    const elsewhere = [
      { attributes: { [ZONE]: 'a' }, tasks: 2 },
      { attributes: { [ZONE]: 'b' }, tasks: 1 },
      { attributes: { [ZONE]: 'unknown' }, tasks: 9 },
      { attributes: {}, tasks: 3 },
    ];
    expect(spreadOf(rows, { count: 1, strategies: [spreadZones] }, { elsewhere })).toEqual([0, 1, 0]);
    expect(spreadOf(rows, { count: 6, strategies: [spreadZones] }, { elsewhere })).toEqual([2, 3, 1]);
  });

  it('treats instances without the attribute as one bucket, apart from the empty value', () => {
    const rows = [anInstance('x'), anInstance('y'), inZone('empty', ''), inZone('a', 'a')];
    const [x = 0, y = 0, empty, a] = spreadOf(rows, { count: 6, strategies: [spreadZones] });
    expect([x + y, empty, a]).toEqual([2, 2, 2]);
  });

  it('treats a snapshot without the column as one bucket', () => {
    expect(spreadOf([anInstance('a')], { count: 2, strategies: [spread('attribute:rack')] })).toEqual([2]);
  });

  it('fills the remaining buckets when one is full', () => {
    const rows = [inZone('a', 'a', { memoryMiB: 1024 }), inZone('b', 'b')];
    expect(spreadOf(rows, { count: 8, strategies: [spreadZones] })).toEqual([2, 6]);
  });

  it('returns the zone of each placed task', () => {
    const { placed } = placeTasks(aRequest({ count: 1 }), aSnapshot([inZone('a', 'zone-a')]), 1);
    expect(placed).toEqual([{ containerInstanceId: 'a', availabilityZone: 'zone-a' }]);
    expect(placeTasks(aRequest({ count: 1 }), aSnapshot([anInstance('a')]), 1).placed).toEqual([
      { containerInstanceId: 'a' },
    ]);
  });
});

describe('binpack', () => {
  it.each([
    ['cpu', ['b', 'b', 'c']],
    ['CPU', ['b', 'b', 'c']],
    ['memory', ['c', 'c', 'a']],
    ['MEMORY', ['c', 'c', 'a']],
  ])('%s: the least remaining that still fits', (field, order) => {
    const rows = [
      anInstance('a', { cpu: 4096, memoryMiB: 2048 }),
      anInstance('b', { cpu: 512, memoryMiB: 4096 }),
      anInstance('c', { cpu: 1024, memoryMiB: 1024 }),
    ];
    expect(orderOf(rows, { count: 3, strategies: [binpack(field)] })).toEqual(order);
  });

  it('skips instances that are too small', () => {
    const rows = [anInstance('small', { memoryMiB: 511 }), anInstance('big', { memoryMiB: 4096 })];
    expect(orderOf(rows, { count: 1, strategies: [binpack('memory')] })).toEqual(['big']);
  });
});

describe('random', () => {
  const rows = Array.from({ length: 5 }, (_, i) => anInstance(`i${i}`, { cpu: 1e9, memoryMiB: 1e9 }));

  it.each<[string, PlacementStrategy[]]>([
    ['named', [random]],
    ['as nothing was given', []],
    ['before a strategy that then has no effect', [random, binpack('memory')]],
  ])('chooses every instance about equally, %s', (_, strategies) => {
    const counts = spreadOf(rows, { count: 10_000, strategies });
    for (const count of counts) expect(count).toBeGreaterThan(1_850);
    for (const count of counts) expect(count).toBeLessThan(2_150);
  });

  it('does not favour the instance chosen last', () => {
    const order = orderOf(rows, { count: 10_000 });
    const repeats = order.filter((id, i) => id === order[i - 1]).length;
    expect(repeats).toBeGreaterThan(1_850);
    expect(repeats).toBeLessThan(2_150);
  });

  it('begins with any instance with equal probability', () => {
    const first = Array.from({ length: 2_000 }, (_, seed) => orderOf(rows, { count: 1 }, seed)[0]);
    for (const { id } of rows) {
      const times = first.filter((chosen) => chosen === id).length;
      expect(times).toBeGreaterThan(330);
      expect(times).toBeLessThan(470);
    }
  });

  it('follows the seed', () => {
    expect(orderOf(rows, { count: 20 }, 7)).toEqual(orderOf(rows, { count: 20 }, 7));
    expect(orderOf(rows, { count: 20 }, 7)).not.toEqual(orderOf(rows, { count: 20 }, 8));
  });

  it.each([0, -1, 2 ** 31, 2 ** 53, 0.5, Number.MAX_SAFE_INTEGER])('takes the seed %d', (seed) => {
    expect(orderOf(rows, { count: 3 }, seed)).toHaveLength(3);
  });
});

describe('strategies in turn', () => {
  it('spread over zones, then binpack: the fullest instance of each zone', () => {
    const rows = [
      inZone('a-full', 'a', { memoryMiB: 1024 }),
      inZone('a-empty', 'a'),
      inZone('b-full', 'b', { memoryMiB: 2048 }),
      inZone('b-empty', 'b'),
    ];
    const request = { count: 4, strategies: [spreadZones, binpack('memory')] };
    expect(spreadOf(rows, request)).toEqual([2, 0, 2, 0]);
    expect(spreadOf(rows, { ...request, count: 8 })).toEqual([2, 2, 4, 0]);
    // With both zones level, the next strategy breaks the tie.
    expect(orderOf(rows, request).slice(0, 2)).toEqual(['a-full', 'b-full']);
  });

  it('spread over zones, then instances: level on both', () => {
    const rows = [inZone('a1', 'a'), inZone('a2', 'a'), inZone('b1', 'b'), inZone('b2', 'b'), inZone('b3', 'b')];
    expect(spreadOf(rows, { count: 12, strategies: [spreadZones, spread('instanceId')] })).toEqual([3, 3, 2, 2, 2]);
  });

  it('a second spread is level within each bucket of the first', () => {
    const at = (id: string, zone: string, rack: string): InstanceRow => inZone(id, zone, { attributes: { rack } });
    const rows = [at('a1', 'a', 'r1'), at('a2', 'a', 'r2'), at('b1', 'b', 'r1'), at('b3', 'b', 'r3')];
    expect(spreadOf(rows, { count: 8, strategies: [spreadZones, spread('attribute:rack')] })).toEqual([2, 2, 2, 2]);
    expect(
      spreadOf(
        rows,
        { count: 4, strategies: [spreadZones, spread('attribute:rack')] },
        { elsewhere: [{ attributes: { [ZONE]: 'a', rack: 'r1' }, tasks: 4 }] },
      ),
    ).toEqual([0, 0, 2, 2]);
  });

  it('binpack, then spread: the spread breaks ties', () => {
    const rows = [
      inZone('a', 'a', { groups: { [GROUP]: 5 } }),
      inZone('b', 'b', { groups: { [GROUP]: 1 } }),
      inZone('c', 'c', { memoryMiB: 99_999 }),
    ];
    expect(orderOf(rows, { count: 3, strategies: [binpack('memory'), spreadZones] })).toEqual(['b', 'b', 'b']);
  });

  it('binpack cpu, then memory', () => {
    const rows = [
      anInstance('a', { cpu: 1024, memoryMiB: 4096 }),
      anInstance('b', { cpu: 1024, memoryMiB: 2048 }),
      anInstance('c', { cpu: 2048, memoryMiB: 1024 }),
    ];
    expect(orderOf(rows, { count: 1, strategies: [binpack('cpu'), binpack('memory')] })).toEqual(['b']);
  });

  it('instances, then zones', () => {
    const rows = [
      inZone('a1', 'a', { groups: { [GROUP]: 1 } }),
      inZone('a2', 'a'),
      inZone('b1', 'b', { groups: { [GROUP]: 2 } }),
      inZone('b2', 'b'),
    ];
    expect(orderOf(rows, { count: 2, strategies: [spread('instanceId'), spreadZones] })).toEqual(['a2', 'b2']);
  });

  it('the same spread twice changes nothing', () => {
    const rows = [inZone('a', 'a'), inZone('b', 'b'), inZone('c', 'c')];
    expect(spreadOf(rows, { count: 6, strategies: [spreadZones, spreadZones] })).toEqual([2, 2, 2]);
  });

  it('a filter comes before every strategy', () => {
    const rows = [inZone('a', 'a', { attributes: { ssd: '' } }), inZone('b', 'b')];
    const request = {
      count: 3,
      constraints: [{ type: 'memberOf', expression: 'attribute:ssd exists' }],
      strategies: [spreadZones],
    } satisfies Partial<PlacementRequest>;
    expect(spreadOf(rows, request)).toEqual([3, 0]);
  });

  it('distinctInstance with spread: one each, zones level', () => {
    const rows = [inZone('a1', 'a'), inZone('a2', 'a'), inZone('a3', 'a'), inZone('b1', 'b'), inZone('b2', 'b')];
    const request = { constraints: [{ type: 'distinctInstance' }], strategies: [spreadZones] } as const;
    const [a1 = 0, a2 = 0, a3 = 0, b1 = 0, b2 = 0] = spreadOf(rows, { ...request, count: 4 });
    expect([a1 + a2 + a3, b1 + b2]).toEqual([2, 2]);
    expect(spreadOf(rows, { ...request, count: 9 })).toEqual([1, 1, 1, 1, 1]);
  });

  it('refuses a malformed strategy', () => {
    expect(spreadOf([anInstance('a')], { strategies: [binpack('disk')] })).toEqual([0]);
  });
});

describe('how much is placed', () => {
  it('places nothing for a count of 0', () => {
    expect(placeTasks(aRequest({ count: 0 }), aSnapshot([]), 1)).toMatchObject({ placed: [] });
  });

  it('places what fits and explains the rest', () => {
    const rows = [anInstance('a', { memoryMiB: 1024 }), anInstance('b', { memoryMiB: 512 })];
    const { placed, refusal } = placeTasks(aRequest({ count: 5 }), aSnapshot(rows), 1);
    expect(placed).toHaveLength(3);
    expect(refusal?.reason).toBe('RESOURCE:MEMORY');
  });

  it('changes neither request nor snapshot', () => {
    const deepFreeze = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
      return value;
    };
    const request = deepFreeze(aRequest({ count: 3, resources: { ports: ['80/tcp'], gpus: 1 } }));
    const snapshot = deepFreeze(aSnapshot([anInstance('a', { gpus: 4 }), anInstance('b', { gpus: 4 })]));
    expect(placeTasks(request, snapshot, 1).placed).toHaveLength(2);
  });
});
