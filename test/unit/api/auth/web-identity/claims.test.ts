/** What the claims of a token mean: for whom it is, how long it is good, and which condition keys it gives. */
import { describe, expect, it } from 'vitest';
import { checkClaims, identityOf, readClaims } from '../../../../../api/auth/web-identity/claims.ts';

const NOW = 1_800_000_000_000;
const SECONDS = NOW / 1000;
const provider = { issuer: 'id.example/x', clientIds: ['a', 'b'], thumbprints: [], createdAt: 0, tags: [] };
const claims = (more: object = {}) =>
  readClaims({ iss: 'https://id.example/x', sub: 's', aud: 'a', iat: SECONDS - 5, exp: SECONDS + 5, ...more });
const check = (more: object) => checkClaims(claims(more), provider, NOW);
const identity = (more: object = {}) => identityOf(claims(more), provider, '123456789012');

describe('a token is good', () => {
  it.each([
    ['for one of the client ids', {}],
    ['for several, of which one is ours', { aud: ['x', 'b'] }],
    ['by azp, whatever aud says', { aud: 'x', azp: 'b' }],
    ['to its last second', { exp: SECONDS + 1 }],
    ['with a clock that is minutes ahead', { iat: SECONDS + 300, nbf: SECONDS + 300 }],
  ])('%s', (_what, more) => {
    expect(() => check(more)).not.toThrow();
  });
});

describe('a token is refused', () => {
  it.each([
    ['for nobody we know', { aud: ['x'] }, 'InvalidIdentityToken', 'Incorrect token audience'],
    ['if azp is another, whatever aud says', { azp: 'x' }, 'InvalidIdentityToken', 'Incorrect token audience'],
    ['from its end on', { exp: SECONDS }, 'ExpiredIdentityToken', 'Token expired'],
    ['from the future', { iat: SECONDS + 301 }, 'InvalidIdentityToken', 'issued in the future'],
    ['before its beginning', { nbf: SECONDS + 301 }, 'InvalidIdentityToken', 'not valid yet'],
  ])('%s', (_what, more, code, message) => {
    expect(() => check(more)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  it.each([
    ['without a subject', { sub: undefined }, 'sub'],
    ['with an empty subject', { sub: '' }, 'sub'],
    ['with times that are texts', { exp: '5', iat: 'x' }, 'exp, iat'],
    ['with an audience that is a number', { aud: 5 }, 'aud'],
  ])('%s', (_what, more, named) => {
    expect(() => claims(more)).toThrow(`claims in the token: ${named}`);
  });
});

describe('an identity', () => {
  it('has a condition key for each claim that is a value or a list of texts', () => {
    const { keys, audience } = identity({
      amr: ['pwd', 'otp'],
      email_verified: true,
      level: 3,
      address: { city: 'x' },
    });
    expect(keys).toMatchObject({
      'id.example/x:sub': 's',
      'id.example/x:aud': ['a'],
      'id.example/x:amr': ['pwd', 'otp'],
      'id.example/x:email_verified': 'true',
      'id.example/x:level': '3',
    });
    expect(Object.keys(keys).filter((key) => key.includes('address') || !key.startsWith('id.example/x:'))).toEqual([]);
    expect(audience).toBe('a');
  });

  it('has azp as its audience, and aud as oaud', () => {
    const { keys, audience } = identity({ aud: ['x', 'y'], azp: 'b' });
    expect([audience, keys['id.example/x:aud'], keys['id.example/x:oaud']]).toEqual(['b', ['b'], ['x', 'y']]);
  });

  it('lets no claim in another case take the place of one that policies look at', () => {
    const { keys } = identity({ SUB: 'root', AUD: 'b', OAUD: 'z' });
    expect(keys).toMatchObject({ 'id.example/x:sub': 's', 'id.example/x:aud': ['a'] });
  });

  it('has the tags of AWS’s claims, in both of their forms', () => {
    const tags = 'https://aws.amazon.com/tags';
    const nested = { principal_tags: { team: ['red'], env: 'x' }, transitive_tag_keys: ['team'] };
    const { tags: read, transitiveTagKeys } = identity({
      ...{ [tags]: nested, [`${tags}/principal_tags/cost`]: '5', [`${tags}/transitive_tag_keys`]: ['cost'] },
    });
    expect(read).toEqual([
      { Key: 'team', Value: 'red' },
      { Key: 'env', Value: 'x' },
      { Key: 'cost', Value: '5' },
    ]);
    expect(transitiveTagKeys).toEqual(['team', 'cost']);
    for (const wrong of [{ principal_tags: { team: ['a', 'b'] } }, { principal_tags: [] }, { other: 1 }, 'x']) {
      expect(() => identity({ [tags]: wrong })).toThrow(expect.objectContaining({ code: 'IDPRejectedClaim' }));
    }
    expect(() => identity({ 'https://aws.amazon.com/source_identity': 5 })).toThrow('must be a text');
  });
});
