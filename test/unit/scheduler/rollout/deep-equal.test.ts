/** Equality of JSON values: whether an update changes anything goes by that. */
import { describe, expect, it } from 'vitest';
import { deepEqual } from '../../../../scheduler/rollout/deep-equal.ts';

const EQUAL: readonly (readonly [string, unknown, unknown])[] = [
  ['numbers', 1, 1],
  ['texts', 'a', 'a'],
  ['nulls', null, null],
  ['undefined', undefined, undefined],
  ['empty objects', {}, {}],
  ['empty lists', [], []],
  ['members in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
  ['an undefined member and none', { a: 1, b: undefined }, { a: 1 }],
  ['none and an undefined member', { a: 1 }, { a: 1, b: undefined }],
  ['lists', [1, 'a', null], [1, 'a', null]],
  ['what is nested', { a: [{ b: { c: [1] } }] }, { a: [{ b: { c: [1] } }] }],
  ['undefined members deep inside', { a: [{ b: undefined }] }, { a: [{}] }],
];

const DIFFERENT: readonly (readonly [string, unknown, unknown])[] = [
  ['numbers', 1, 2],
  ['a number and a text', 1, '1'],
  ['false and null', false, null],
  ['null and an object', null, {}],
  ['null and undefined', null, undefined],
  ['an object and a list', {}, []],
  ['a list and an object with its members', ['a'], { 0: 'a' }],
  ['lists in another order', [1, 2], [2, 1]],
  ['lists of another length', [1], [1, 2]],
  ['a list that ends early, with undefined', [1, undefined], [1]],
  ['members', { a: 1 }, { a: 2 }],
  ['names of members', { a: 1 }, { b: 1 }],
  ['a member more', { a: 1 }, { a: 1, b: 2 }],
  ['a null member and none', { a: null }, {}],
  ['what is nested', { a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
];

describe('deepEqual', () => {
  it.each(EQUAL)('equal: %s', (_name, a, b) => {
    expect(deepEqual(a, b)).toBe(true);
    expect(deepEqual(b, a)).toBe(true);
  });

  it.each(DIFFERENT)('different: %s', (_name, a, b) => {
    expect(deepEqual(a, b)).toBe(false);
    expect(deepEqual(b, a)).toBe(false);
  });

  it.each([...EQUAL, ...DIFFERENT])('each is equal to itself: %s', (_name, a, b) => {
    expect([deepEqual(a, a), deepEqual(b, b)]).toEqual([true, true]);
  });
});
