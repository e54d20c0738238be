/** Random passwords have what was asked for. */
import { expect, it } from 'vitest';
import { type PasswordRules, randomPassword } from '../../../../api/secretsmanager/rules/password.ts';

const rules = (more: Partial<PasswordRules>): PasswordRules => ({
  ...{ length: 32, types: ['lowercase', 'uppercase', 'numbers', 'punctuation'], excluded: '', eachType: true },
  ...more,
});

it.each<[Partial<PasswordRules>, RegExp]>([
  [{}, /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^A-Za-z\d])[!-~]{32}$/],
  [{ length: 4 }, /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^A-Za-z\d])[!-~]{4}$/],
  [{ types: ['numbers'], length: 4096 }, /^\d{4096}$/],
  [{ types: ['numbers', 'space'], length: 2 }, /^(?:\d | \d)$/],
  [{ types: ['numbers'], excluded: '0123456' }, /^[789]{32}$/],
  [{ types: ['numbers', 'uppercase'], length: 1, eachType: false }, /^[\dA-Z]$/],
])('%j', (more, expected) => {
  for (let i = 0; i < 20; i++) expect(randomPassword(rules(more))).toMatch(expected);
});

it.each<[Partial<PasswordRules>, RegExp]>([
  [{ length: 3 }, /too short/],
  [{ types: [] }, /All characters are excluded/],
  [{ types: ['numbers'], excluded: '0123456789' }, /All characters are excluded/],
  [{ types: ['numbers', 'space'], excluded: '0123456789' }, /All characters of a required type/],
])('%j is refused', (more, message) => {
  expect(() => randomPassword(rules(more))).toThrow(message);
});

it('no two are the same', () => {
  expect(new Set(Array.from({ length: 100 }, () => randomPassword(rules({})))).size).toBe(100);
});
