/** What the filters of ListSecrets keep. */
import { expect, it } from 'vitest';
import { filterOf } from '../../../../api/secretsmanager/rules/filters.ts';
import type { Secret } from '../../../../model/secrets/secret.ts';

const secret: Secret = {
  ...{ arn: 'a', name: 'prod/App-db', description: 'Password of the Orders database', createdAt: 0, changedAt: 0 },
  ...{ tags: [{ key: 'team', value: 'Payments' }], versions: [] },
};

it.each<[string, string[], boolean]>([
  ['name', ['prod/'], true],
  ['name', ['Prod/'], false],
  ['name', ['db'], false],
  ['name', ['x', 'prod/App'], true],
  ['name', ['!prod/'], false],
  ['name', ['!test/'], true],
  ['description', ['orders'], true],
  ['description', ['pass ord'], true],
  ['description', ['rders'], false],
  ['tag-key', ['te'], true],
  ['tag-key', ['Te'], false],
  ['tag-value', ['Pay'], true],
  ['tag-value', ['pay'], false],
  ['all', ['payments'], true],
  ['all', ['app'], true],
  ['all', ['nothing'], false],
])('%s %j: %s', (Key, Values, expected) => {
  expect(filterOf([{ Key: Key as 'name', Values }])(secret)).toBe(expected);
});

it('all filters must hold, and what there cannot be is refused', () => {
  const name = { Key: 'name', Values: ['prod/'] } as const;
  expect(filterOf([name, { Key: 'tag-key', Values: ['team'] }] as never)(secret)).toBe(true);
  expect(filterOf([name, { Key: 'tag-key', Values: ['x'] }] as never)(secret)).toBe(false);
  expect(() => filterOf([{ Key: 'primary-region', Values: ['x'] }])).toThrow(/Not supported.*primary-region/);
});
