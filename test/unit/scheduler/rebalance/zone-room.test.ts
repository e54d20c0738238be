/** The room in each zone. */
import { describe, expect, it } from 'vitest';
import type { PlacementRequest } from '../../../../scheduler/placement/types.ts';
import { joinRooms, zoneRooms } from '../../../../scheduler/rebalance/zone-room.ts';
import { anInstance, aRequest, aSnapshot, ZONE, type InstanceRow } from '../../../../fixtures/capacity.ts';

const inZone = (id: string, zone: string, row: Partial<InstanceRow> = {}) =>
  anInstance(id, { ...row, attributes: { [ZONE]: zone, ...row.attributes } });

const roomsOf = (rows: InstanceRow[], request: Partial<PlacementRequest> = {}, most = 10) =>
  Object.fromEntries(
    zoneRooms(
      aRequest({ resources: { cpu: 1024, memoryMiB: 1024, ports: [], gpus: 0 }, ...request }),
      aSnapshot(rows),
      most,
    ).map(({ zone, room }) => [zone, room]),
  );

describe('zoneRooms', () => {
  it.each<[string, InstanceRow[], Partial<PlacementRequest>, Record<string, number>]>([
    [
      'what fits on all instances of a zone',
      [inZone('1', 'a'), inZone('2', 'a'), inZone('3', 'b')],
      {},
      { a: 8, b: 4 },
    ],
    ['a full zone as well, with no room', [inZone('1', 'a', { cpu: 100 }), inZone('2', 'b')], {}, { a: 0, b: 4 }],
    ['no zone whose agents are away', [inZone('1', 'a', { agentConnected: false }), inZone('2', 'b')], {}, { b: 4 }],
    [
      'no zone outside the constraints',
      [inZone('1', 'a', { attributes: { disk: 'ssd' } }), inZone('2', 'b')],
      { constraints: [{ type: 'memberOf', expression: 'attribute:disk == ssd' }] },
      { a: 4 },
    ],
    [
      'one task an instance with distinctInstance, also where one is already',
      [inZone('1', 'a', { groups: { 'service:web': 1 } }), inZone('2', 'b'), inZone('3', 'b')],
      { group: 'service:web', constraints: [{ type: 'distinctInstance' }] },
      { a: 0, b: 2 },
    ],
    ['no instance without a zone', [anInstance('1'), inZone('2', 'b')], {}, { b: 4 }],
  ])('%s', (_name, rows, request, expected) => {
    expect(roomsOf(rows, request)).toEqual(expected);
  });

  it('stops counting at the given maximum', () => {
    expect(roomsOf([inZone('1', 'a')], {}, 2)).toEqual({ a: 2 });
  });
});

describe('joinRooms', () => {
  it('merges the zones of all groups by name, with their room', () => {
    const joined = joinRooms([
      [
        { zone: 'c', room: 1 },
        { zone: 'a', room: 2 },
      ],
      [
        { zone: 'a', room: 3 },
        { zone: 'b', room: 0 },
      ],
    ]);
    expect(joined.map(({ zone, room }) => `${zone}${room}`).join()).toBe('a5,b0,c1');
  });

  it('is nothing without groups', () => {
    expect(joinRooms([])).toEqual([]);
  });
});
