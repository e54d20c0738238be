/** The record of a placement: which instances could take a task, why the others could not, and how the best rank. */
import { describe, expect, it } from 'vitest';
import type { PlacementExplanation } from '../../../../model/decision.ts';
import { placeTasks } from '../../../../scheduler/placement/place-tasks.ts';
import { aRequest, aSnapshot, anInstance, ZONE, type InstanceRow } from '../../../../fixtures/capacity.ts';

type Rows = Readonly<Record<string, Partial<InstanceRow>>>;
type Ask = Parameters<typeof aRequest>[0];

function explain(rows: Rows, request: Ask = {}, { digest }: { digest?: string } = {}): PlacementExplanation {
  const instances = Object.entries(rows).map(([id, row]) => anInstance(id, row));
  const snapshot = aSnapshot(instances, digest === undefined ? {} : { digest });
  return placeTasks(aRequest(request), snapshot, 7).explanation;
}

const away = { agentConnected: false } as const;
const many = (count: number, row: Partial<InstanceRow>): Rows =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`i${String(i).padStart(3, '0')}`, row]));
const binpack = { strategies: [{ type: 'binpack' as const, field: 'cpu' }] };

describe('what an explanation counts', () => {
  it.each<[string, Rows, { considered: number; eligible: number }]>([
    ['no instance', {}, { considered: 0, eligible: 0 }],
    ['all', { a: {}, b: {} }, { considered: 2, eligible: 2 }],
    ['some', { a: {}, b: away }, { considered: 2, eligible: 1 }],
    ['none', { a: away, b: away }, { considered: 2, eligible: 0 }],
  ])('%s', (_name, rows, expected) => {
    expect(explain(rows)).toMatchObject(expected);
  });

  it('tells the seed, and the snapshot if that has a digest', () => {
    expect(explain({ a: {} })).toMatchObject({ seed: 7 });
    expect(explain({ a: {} })).not.toHaveProperty('snapshotDigest');
    expect(explain({ a: {} }, {}, { digest: 'd' })).toMatchObject({ snapshotDigest: 'd' });
  });

  it('goes by the state before the first task', () => {
    expect(explain({ a: { cpu: 256 } }, { count: 3, resources: { cpu: 256 } })).toMatchObject({
      eligible: 1,
      refused: [],
    });
  });
});

describe('refused instances', () => {
  it('are named by reason, with the smallest few ids', () => {
    const { refused } = explain(many(8, away));
    expect(refused).toEqual([{ reason: 'AGENT', instances: 8, some: ['i000', 'i001', 'i002', 'i003', 'i004'] }]);
  });

  it('are the same, whatever the order of the columns', () => {
    const rows = Object.entries(many(8, away));
    expect(explain(Object.fromEntries(rows.toReversed())).refused).toEqual(explain(Object.fromEntries(rows)).refused);
  });

  it('come in the order of the filters', () => {
    const { refused } = explain({ a: { memoryMiB: 0 }, b: away });
    expect(refused).toHaveLength(2);
    const { refused: again } = explain({ b: away, a: { memoryMiB: 0 } });
    expect(again.map(({ reason }) => reason)).toEqual(refused.map(({ reason }) => reason));
  });
});

describe('the best instances', () => {
  it('are at most three, best first', () => {
    const rows = { a: { cpu: 4_000 }, b: { cpu: 1_000 }, c: { cpu: 3_000 }, d: { cpu: 2_000 } };
    const { best } = explain(rows, binpack);
    expect(best.map(({ containerInstanceId }) => containerInstanceId)).toEqual(['b', 'd', 'c']);
  });

  it('have the score of each strategy, but not of chance', () => {
    const rows = { a: { cpu: 1_000, attributes: { [ZONE]: 'x' }, groups: { 'service:web': 2 } } };
    const strategies = [{ type: 'spread' as const, field: `attribute:${ZONE}` }, ...binpack.strategies];
    expect(explain(rows, { strategies }).best).toEqual([
      {
        containerInstanceId: 'a',
        scores: [
          { by: `spread(attribute:${ZONE})`, value: 2 },
          { by: 'binpack(cpu)', value: 1_000 },
        ],
      },
    ]);
  });

  it.each<[string, Rows, Ask, string | undefined]>([
    ['nothing, where only one is eligible', { a: {}, b: away }, binpack, undefined],
    ['nothing, where none is', { a: away }, binpack, undefined],
    [
      'the strategy that tells the first from the second',
      { a: { cpu: 1_000 }, b: { cpu: 2_000 } },
      binpack,
      'binpack(cpu)',
    ],
    ['chance, where the strategies do not', { a: {}, b: {} }, binpack, 'chance'],
    ['chance, where there is no strategy', { a: {}, b: {} }, {}, 'chance'],
    [
      'the second strategy, where the first does not',
      { a: { cpu: 1_000, attributes: { [ZONE]: 'x' } }, b: { cpu: 2_000, attributes: { [ZONE]: 'x' } } },
      { strategies: [{ type: 'spread', field: `attribute:${ZONE}` }, ...binpack.strategies] },
      'binpack(cpu)',
    ],
  ])('were decided by %s', (_name, rows, request, decidedBy) => {
    expect(explain(rows, request).decidedBy).toBe(decidedBy);
  });
});

describe('the nearest refused instance', () => {
  it('is there although others took the task', () => {
    const { nearest } = explain(
      { a: {}, b: { memoryMiB: 500 }, c: { memoryMiB: 100 } },
      { resources: { memoryMiB: 512 } },
    );
    expect(nearest).toEqual({ containerInstanceId: 'b', reason: 'RESOURCE:MEMORY', shortfall: 12 });
  });

  it('is absent where nobody was refused', () => {
    expect(explain({ a: {} })).not.toHaveProperty('nearest');
  });
});
