/** How tasks are shared among capacity providers. */
import { describe, expect, it } from 'vitest';
import { assignProviders } from '../../../../scheduler/capacity/assign-providers.ts';

const item = (capacityProvider: string, weight: number, base = 0) => ({ capacityProvider, weight, base });
const assigned = (...input: Parameters<typeof assignProviders>): string => assignProviders(...input).join('');

describe('assignProviders', () => {
  it.each([
    ['one provider', [item('a', 1)], {}, 3, 'aaa'],
    ['equal weights, the first named first', [item('a', 1), item('b', 1)], {}, 4, 'abab'],
    ['one in five', [item('a', 1), item('b', 4)], {}, 10, 'bbabbbbabb'],
    ['the base first', [item('a', 1), item('b', 1, 2)], {}, 4, 'bbab'],
    ['a base without weight', [item('a', 0, 1), item('b', 1)], {}, 3, 'abb'],
    ['existing tasks count, the base first', [item('a', 1, 2), item('b', 1)], { a: 3, b: 0 }, 2, 'ba'],
    ['a lost task of the base is made up for', [item('a', 1, 2), item('b', 1)], { a: 1, b: 4 }, 2, 'aa'],
    ['tasks of a provider that is not named any more count for nothing', [item('a', 1)], { z: 9 }, 2, 'aa'],
    ['none', [item('a', 1)], {}, 0, ''],
  ])('%s', (...[, strategy, existing, count, expected]) => {
    expect(assigned(strategy, existing, count)).toBe(expected);
  });

  it('continues where an earlier call ended', () => {
    const strategy = [item('a', 2, 1), item('b', 3)];
    const all = assignProviders(strategy, {}, 12);
    const first = all.slice(0, 5);
    const existing = { a: first.filter((name) => name === 'a').length, b: first.filter((name) => name === 'b').length };
    expect(assignProviders(strategy, existing, 7)).toEqual(all.slice(5));
  });

  it('treats an absent base and weight as in ECS', () => {
    expect(assigned([{ capacityProvider: 'a' }, { capacityProvider: 'b', weight: 1 }], {}, 2)).toBe('bb');
  });
});
