/** Digests of request parameters. */
import { expect, test } from 'vitest';
import { canonicalJson, digestOf } from '../../../../api/ecs/digest.ts';

test.each<[string, object, object, boolean]>([
  ['order of members', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, true],
  ['undefined is left out', { a: 1, b: undefined }, { a: 1 }, true],
  ['order of lists counts', { a: [1, 2] }, { a: [2, 1] }, false],
  ['values count', { a: 1 }, { a: '1' }, false],
  ['an empty list is not an absent one', { a: [] }, {}, false],
])('%s', (_name, left, right, same) => {
  expect(digestOf(left) === digestOf(right)).toBe(same);
  expect(canonicalJson(left) === canonicalJson(right)).toBe(same);
});
