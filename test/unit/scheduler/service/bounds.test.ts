/** The bounds of a service's task count. */
import { describe, expect, it } from 'vitest';
import { serviceBounds } from '../../../../scheduler/service/bounds.ts';

describe('serviceBounds', () => {
  it.each([
    // desired, minimum, maximum, lower, upper
    [4, 50, 200, 2, 8],
    [2, 75, 200, 2, 4],
    [3, 100, 125, 3, 3],
    [4, 100, 100, 4, 4],
    [3, 100, 200, 3, 6],
    [1, 50, 150, 1, 1],
    [1, 0, 200, 0, 2],
    [0, 100, 200, 0, 0],
    [3, 34, 133, 2, 3],
    [10, 95, 105, 10, 10],
    [7, 100, 100, 7, 7],
    [5000, 100, 200, 5000, 10000],
  ])(
    '%i tasks at %i–%i %%: at least %i, at most %i',
    (...[desired, minimumHealthyPercent, maximumPercent, lower, upper]) => {
      expect(serviceBounds(desired, { minimumHealthyPercent, maximumPercent })).toEqual({ lower, upper });
    },
  );
});
