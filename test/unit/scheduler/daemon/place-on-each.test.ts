/** One task on each instance that a plan named, and why the others take none. */
import { describe, expect, it } from 'vitest';
import { placeOnEach } from '../../../../scheduler/daemon/place-on-each.ts';
import { aRequest, aSnapshot, anInstance, ZONE, type InstanceRow } from '../../../../fixtures/capacity.ts';

type Rows = Readonly<Record<string, Partial<InstanceRow>>>;

const place = (rows: Rows, request: Parameters<typeof aRequest>[0] = {}) =>
  placeOnEach(
    aRequest({ count: Object.keys(rows).length, ...request }),
    aSnapshot(Object.entries(rows).map(([id, row]) => anInstance(id, row))),
  );
const idsOf = ({ placed }: ReturnType<typeof placeOnEach>) =>
  placed.map(({ containerInstanceId }) => containerInstanceId);

describe('placeOnEach', () => {
  it.each<[string, Rows, readonly string[], string | undefined]>([
    ['every instance has room', { a: {}, b: {}, c: {} }, ['a', 'b', 'c'], undefined],
    ['no instance at all', {}, [], undefined],
    ['one has no room', { a: {}, b: { memoryMiB: 1 }, c: {} }, ['a', 'c'], 'RESOURCE:MEMORY'],
    ['one has too little CPU', { a: { cpu: 1 } }, [], 'RESOURCE:CPU'],
    ['one is not connected', { a: { agentConnected: false }, b: {} }, ['b'], 'AGENT'],
  ])('%s', (_name, rows, placed, reason) => {
    const result = place(rows);
    expect(idsOf(result)).toEqual(placed);
    expect(result.refusal?.reason).toBe(reason);
  });

  it('places one where several would fit', () => {
    expect(idsOf(place({ a: { cpu: 100_000 } }, { count: 5 }))).toEqual(['a']);
  });

  it('does not ask the constraints again: the instances were chosen by them', () => {
    const constraints = [{ type: 'memberOf' as const, expression: 'attribute:rack == a' }];
    expect(idsOf(place({ a: { attributes: { rack: 'b' } } }, { constraints }))).toEqual(['a']);
  });

  it('asks for the attributes that the task definition requires', () => {
    const result = place({ a: { attributes: { gpu: '' } }, b: {} }, { requiredAttributes: [{ name: 'gpu' }] });
    expect(idsOf(result)).toEqual(['a']);
    expect(result.refusal).toMatchObject({
      reason: 'ATTRIBUTE',
      nearestInstanceId: 'b',
      counts: [{ reason: 'ATTRIBUTE', instances: 1 }],
    });
  });

  it('names the zone of each place', () => {
    const { placed } = place({ a: { attributes: { [ZONE]: 'z1' } }, b: {} });
    expect(placed).toEqual([{ containerInstanceId: 'a', availabilityZone: 'z1' }, { containerInstanceId: 'b' }]);
  });

  it('explains itself without a strategy or chance', () => {
    const { explanation } = place({ a: {}, b: { memoryMiB: 1 } }, { strategies: [{ type: 'random' }] });
    expect(explanation).toEqual({
      seed: 0,
      considered: 2,
      eligible: 1,
      refused: [{ reason: 'RESOURCE:MEMORY', instances: 1, some: ['b'] }],
      best: [{ containerInstanceId: 'a', scores: [] }],
      nearest: { containerInstanceId: 'b', reason: 'RESOURCE:MEMORY', shortfall: expect.any(Number) as number },
    });
  });

  it('counts all instances that take none in one refusal', () => {
    const { refusal } = place({ a: { cpu: 1 }, b: { memoryMiB: 1 }, c: { agentConnected: false }, d: {} });
    const counts = Object.fromEntries(refusal!.counts.map(({ reason, instances }) => [reason, instances]));
    expect(counts).toEqual({ AGENT: 1, 'RESOURCE:CPU': 1, 'RESOURCE:MEMORY': 1 });
  });
});
