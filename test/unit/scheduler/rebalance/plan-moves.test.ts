/** Moves between zones. */
import { describe, expect, it } from 'vitest';
import { movesNeeded, planMoves, tasksByZone, type ZoneLoad } from '../../../../scheduler/rebalance/plan-moves.ts';

/** Tasks per zone, all movable and with room by default. */
const loads = (counts: Record<string, number>, more: Record<string, Partial<ZoneLoad>> = {}): ZoneLoad[] =>
  Object.entries(counts).map(([zone, tasks]) => ({ zone, tasks, movable: tasks, room: 99, ...more[zone] }));

const plan = (zones: readonly ZoneLoad[], limit = 99) =>
  Object.fromEntries(planMoves(zones, { limit, seed: 'web' }).map(({ zone, count }) => [zone, count]));

describe('movesNeeded', () => {
  it.each<[number[], number]>([
    [[], 0],
    [[3], 0],
    [[2, 1], 0],
    [[1, 1, 0], 0],
    [[2, 2, 1], 0],
    [[2, 0], 1],
    [[3, 3, 0], 2],
    [[5, 0, 0], 3],
    [[4, 3, 2], 1],
    [[0, 0, 0], 0],
  ])('%j needs %d', (counts, moves) => {
    expect(movesNeeded(counts)).toBe(moves);
  });
});

describe('planMoves', () => {
  it.each<[string, ZoneLoad[], number, Record<string, number>]>([
    ['nothing when floor and ceiling are met', loads({ a: 2, b: 1, c: 1 }), 99, {}],
    ['from the fullest to the emptiest', loads({ a: 4, b: 2, c: 0 }), 99, { c: 2 }],
    ['to several zones', loads({ a: 6, b: 0, c: 0 }), 99, { b: 2, c: 2 }],
    ['no more than the limit', loads({ a: 6, b: 0 }), 2, { b: 2 }],
    ['nothing without a limit left', loads({ a: 6, b: 0 }), 0, {}],
    ['not into a zone without room', loads({ a: 3, b: 3, c: 0 }, { c: { room: 0 } }), 99, {}],
    ['to the next emptiest that has room', loads({ a: 4, b: 0, c: 1 }, { b: { room: 0 } }), 99, { c: 1 }],
    ['only as many as there is room for', loads({ a: 6, b: 0 }, { b: { room: 1 } }), 99, { b: 1 }],
    ['not from a zone where all are protected', loads({ a: 4, b: 0 }, { a: { movable: 0 } }), 99, {}],
    ['from the next fullest where some may go', loads({ a: 4, b: 3, c: 0 }, { a: { movable: 0 } }), 99, { c: 1 }],
    ['nothing with one zone', loads({ a: 4 }), 99, {}],
  ])('%s', (_name, zones, limit, expected) => {
    expect(plan(zones, limit)).toEqual(expected);
  });

  it('does not depend on the order of the zones', () => {
    const zones = loads({ a: 5, b: 5, c: 0, d: 0 });
    expect(planMoves([...zones].reverse(), { limit: 1, seed: 's' })).toEqual(planMoves(zones, { limit: 1, seed: 's' }));
  });
});

it('counts only tasks in the given zones', () => {
  const tasks = [{ availabilityZone: 'a' }, { availabilityZone: 'a' }, { availabilityZone: 'x' }, {}];
  expect([...tasksByZone(['a', 'b'], tasks)]).toEqual([
    ['a', 2],
    ['b', 0],
  ]);
});
