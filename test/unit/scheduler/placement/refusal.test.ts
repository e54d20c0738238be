/** Which instance came closest, and what is told of the others. */
import { describe, expect, it } from 'vitest';
import { createFilters } from '../../../../scheduler/placement/filters/index.ts';
import { explainRefusal, findFailed, isNearer } from '../../../../scheduler/placement/refusal.ts';
import { Room } from '../../../../scheduler/placement/room.ts';
import type { Refusal } from '../../../../scheduler/placement/types.ts';
import { aRequest, aSnapshot, anInstance, type InstanceRow } from '../../../../fixtures/capacity.ts';

type Rows = Readonly<Record<string, Partial<InstanceRow>>>;
type Ask = Parameters<typeof aRequest>[0];

function prepared(rows: Rows, request: Ask = {}, more: Parameters<typeof aSnapshot>[1] = {}) {
  const instances = Object.entries(rows).map(([id, row]) => anInstance(id, row));
  const room = new Room(aRequest(request), aSnapshot(instances, more));
  return { room, filters: createFilters(room) };
}

const refusal = (rows: Rows, request: Ask = {}, more: Parameters<typeof aSnapshot>[1] = {}): Refusal => {
  const { room, filters } = prepared(rows, request, more);
  return explainRefusal(room, filters);
};

const away = { agentConnected: false } as const;
const noCpu = { cpu: 0 } as const;
const noMemory = { memoryMiB: 0 } as const;

describe('findFailed', () => {
  it('finds nothing where a task fits', () => {
    const { filters } = prepared({ a: {} });
    expect(findFailed(filters, 0)).toBeUndefined();
  });

  it.each<[string, Partial<InstanceRow>, Ask, string]>([
    ['the agent', away, {}, 'AGENT'],
    ['CPU', noCpu, {}, 'RESOURCE:CPU'],
    ['memory', noMemory, {}, 'RESOURCE:MEMORY'],
    ['a port', { usedPorts: ['80/tcp'] }, { resources: { ports: ['80/tcp'] } }, 'RESOURCE:PORTS'],
    ['GPUs', {}, { resources: { gpus: 1 } }, 'RESOURCE:GPU'],
    ['an attribute', {}, { requiredAttributes: [{ name: 'rack' }] }, 'ATTRIBUTE'],
    ['a constraint', {}, { constraints: [{ type: 'memberOf', expression: 'attribute:rack == a' }] }, 'CONSTRAINT'],
  ])('finds %s', (_name, row, request, reason) => {
    const { filters } = prepared({ a: row }, request);
    expect(findFailed(filters, 0)).toMatchObject({ instance: 0, filter: { reason } });
  });

  it('counts the filters that the instance passed before', () => {
    const { filters } = prepared({ disconnected: away, small: noMemory });
    const [first, second] = [findFailed(filters, 0)!, findFailed(filters, 1)!];
    expect(first.passed).toBeLessThan(second.passed);
  });

  it('tells by how much it is too small', () => {
    const { filters } = prepared({ a: { memoryMiB: 500 } }, { resources: { memoryMiB: 512 } });
    expect(findFailed(filters, 0)!.shortfall).toBe(12);
  });
});

describe('the closest instance', () => {
  it.each<[string, Rows, string, string]>([
    ['passed the most filters', { a: away, b: noMemory }, 'b', 'RESOURCE:MEMORY'],
    ['passed the most filters, whatever the order', { b: noMemory, a: away }, 'b', 'RESOURCE:MEMORY'],
    ['lacks the least', { a: { memoryMiB: 100 }, b: { memoryMiB: 500 } }, 'b', 'RESOURCE:MEMORY'],
    ['has the smaller id', { b: noMemory, a: noMemory }, 'a', 'RESOURCE:MEMORY'],
  ])('%s', (_name, rows, nearestInstanceId, reason) => {
    expect(refusal(rows, { resources: { memoryMiB: 512 } })).toMatchObject({ nearestInstanceId, reason });
  });

  it('is the same whichever is asked first', () => {
    const { room, filters } = prepared({ a: away, b: noMemory });
    const [a, b] = [findFailed(filters, 0)!, findFailed(filters, 1)!];
    expect([isNearer(room, b, a), isNearer(room, a, b)]).toEqual([true, false]);
  });
});

describe('explainRefusal', () => {
  it('counts each reason once, in the order of the filters', () => {
    const rows = { a: away, b: noMemory, c: noMemory, d: noCpu };
    const { counts } = refusal(rows);
    const { filters } = prepared(rows);
    const order = [...new Set(filters.map(({ reason }) => reason))];
    expect(counts.map(({ reason }) => reason)).toEqual(
      order.filter((reason) => ['AGENT', 'RESOURCE:CPU', 'RESOURCE:MEMORY'].includes(reason)),
    );
    expect(Object.fromEntries(counts.map(({ reason, instances }) => [reason, instances]))).toEqual({
      AGENT: 1,
      'RESOURCE:CPU': 1,
      'RESOURCE:MEMORY': 2,
    });
  });

  it.each<[string, Ask, Parameters<typeof aSnapshot>[1], Refusal]>([
    ['an empty cluster', {}, {}, { reason: 'NO_INSTANCES', counts: [] }],
    [
      'an empty cluster, for FARGATE: a lack of capacity',
      { launchType: 'FARGATE' },
      {},
      { reason: 'ATTRIBUTE', counts: [] },
    ],
    [
      'an empty provider',
      { capacityProviderName: 'pool' },
      { providerInstances: 0 },
      { reason: 'CAPACITY_PROVIDER', counts: [] },
    ],
    [
      'a provider without an ACTIVE instance',
      { capacityProviderName: 'pool' },
      { providerInstances: 2 },
      { reason: 'NO_INSTANCES', counts: [] },
    ],
  ])('%s', (_name, request, more, expected) => {
    expect(refusal({}, request, more)).toEqual(expected);
  });

  it.each([
    ['distinctInstance', { groups: { 'service:web': 1 } }, { constraints: [{ type: 'distinctInstance' }] }],
    ['memberOf', {}, { constraints: [{ type: 'memberOf', expression: 'attribute:rack == a' }] }],
  ] as const)('names the constraint: %s', (constraint, row, request) => {
    expect(refusal({ a: row }, { ...request, constraints: [...request.constraints] })).toMatchObject({
      reason: 'CONSTRAINT',
      constraint,
    });
  });

  it('names no instance to a FARGATE caller', () => {
    const found = refusal({ a: noMemory }, { launchType: 'FARGATE' });
    expect(found.nearestInstanceId).toBeUndefined();
    expect(found.counts).not.toEqual([]);
  });

  it('says what cannot be read in a request', () => {
    expect(refusal({ a: {} }, { unplaceable: 'It cannot be read.' })).toMatchObject({
      reason: 'UNPLACEABLE',
      message: 'It cannot be read.',
    });
  });
});
