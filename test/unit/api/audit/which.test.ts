/** Which calls are kept: the rule goes by names, and AWS's own reference must agree with it for every door. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isDenial, isKept, isRead } from '../../../../api/audit/which.ts';
import { DOORS } from '../../../../api/server.ts';

interface Reference {
  readonly actions: Readonly<Record<string, { readonly accessLevel: string }>>;
}

const levelsOf = (service: string): Reference['actions'] =>
  (
    JSON.parse(
      readFileSync(new URL(`../../../../api/auth/policy/reference/${service}.json`, import.meta.url), 'utf8'),
    ) as Reference
  ).actions;

/** They give credentials: CloudTrail calls them reads, and keeps each call. */
const CREDENTIALS =
  /^(?:AssumeRole(?:With.+)?|AssumeRoot|GetSessionToken|GetFederationToken|GetDelegatedAccessToken|GetWebIdentityToken)$/;

/** They give secrets away. */
const VALUES: ReadonlySet<string> = new Set([
  ...['BatchGetSecretValue', 'GetSecretValue'],
  ...['GetParameter', 'GetParameters', 'GetParametersByPath', 'GetParameterHistory'],
]);
const isKeptRead = (name: string): boolean => CREDENTIALS.test(name) || VALUES.has(name);

describe('an operation', () => {
  it.each(DOORS.map(({ service, catalogue }) => [service, catalogue.names] as const))(
    'of %s is a read if AWS’s reference says so, and is kept if it is none',
    (service, names) => {
      const levels = levelsOf(service);
      const reads = (name: string): boolean => /^(?:Read|List)$/.test(levels[name]?.accessLevel ?? '');
      const known = names.filter((name) => name in levels && !CREDENTIALS.test(name));
      expect(known.length).toBeGreaterThan(0);
      expect(known.filter(isRead)).toEqual(known.filter(reads));
      expect(names.filter((name) => isKept(name) !== (!isRead(name) || isKeptRead(name)))).toEqual([]);
      expect(names.filter((name) => CREDENTIALS.test(name) && !isRead(name))).toEqual([]);
    },
  );

  it('that is built and records or frees something is kept', () => {
    const built = DOORS.flatMap(({ operations }) => [...operations.values()]);
    const changing = built.filter(({ effect }) => effect !== 'reads').map(({ name }) => name);
    expect(changing.filter((name) => !isKept(name))).toEqual([]);
    expect(changing.length).toBeGreaterThan(60);
  });
});

it.each([
  ['AccessDeniedException', true],
  ['AccessDenied', true],
  ['InvalidSignatureException', true],
  ['UnrecognizedClientException', true],
  ['ExpiredTokenException', true],
  ['MissingAuthenticationTokenException', true],
  ['IncompleteSignatureException', true],
  ['ThrottlingException', false],
  ['ClusterNotFoundException', false],
])('%s is a denial: %s', (code, expected) => {
  expect(isDenial(code)).toBe(expected);
});
