/** Placement of ten thousand tasks. `npm run bench -- --only placement` measures how long these same requests take. */
import { describe, expect, it } from 'vitest';
import { benchPlacement } from '../../../../bench/placement.ts';
import {
  CASE_INSTANCES,
  CASE_TASKS,
  caseSnapshot,
  PLACEMENT_CASES,
  TOO_MANY,
} from '../../../../bench/placement-cases.ts';
import { placeTasks } from '../../../../scheduler/placement/place-tasks.ts';

const snapshot = caseSnapshot();

describe('ten thousand tasks on five thousand instances', () => {
  it.each(PLACEMENT_CASES)('$name finds a place for each', ({ request }) => {
    const { placed, refusal } = placeTasks(request, snapshot, 1);
    expect(placed).toHaveLength(CASE_TASKS);
    expect(refusal).toBeUndefined();
  });

  it('explains for every instance why no more tasks fit', () => {
    const { placed, refusal } = placeTasks(TOO_MANY, snapshot, 1);
    expect(placed.length).toBeGreaterThan(CASE_TASKS);
    expect(refusal?.counts.reduce((sum, { instances: refused }) => sum + refused, 0)).toBe(CASE_INSTANCES);
  });

  it('the bench measures what it says', () => {
    const { tasks, instances } = benchPlacement();
    expect([tasks, instances]).toEqual([CASE_TASKS, CASE_INSTANCES]);
  });
});
