/** What is sealed opens only with the same master key, for the same purpose and owner, and unchanged. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AccessKeySecrets } from '../../../../api/auth/access-keys.ts';
import { Envelopes, Sealer, SealError } from '../../../../api/auth/sealing.ts';

const master = Buffer.alloc(32, 1);
const sealer = new Sealer(master, 'access-keys');
const sealed = sealer.seal('secret é', 'AKIA1');

describe('a sealed secret', () => {
  it('opens for its owner, and shows nothing of the secret', () => {
    expect(sealer.open(sealed, 'AKIA1')).toBe('secret é');
    expect(Buffer.from(sealed.split('.')[1]!, 'base64url').toString('latin1')).not.toContain('secret');
    expect(sealer.seal('secret é', 'AKIA1')).not.toBe(sealed);
  });

  it.each([
    ['another owner', () => sealer.open(sealed, 'AKIA2'), /changed since/],
    ['another purpose', () => new Sealer(master, 'tokens').open(sealed, 'AKIA1'), /changed since/],
    [
      'another master key',
      () => new Sealer(randomBytes(32), 'access-keys').open(sealed, 'AKIA1'),
      /another master key/,
    ],
    ['nothing', () => sealer.open('', 'AKIA1'), /another master key/],
    ['a cut text', () => sealer.open(sealed.slice(0, 20), 'AKIA1'), /too short/],
  ])('does not open for %s', (_what, open, message) => {
    expect(open).toThrow(SealError);
    expect(open).toThrow(message);
  });

  it('does not open when any byte was changed', () => {
    const [keyId = '', body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(() => sealer.open(`${keyId}.${changed.toString('base64url')}`, 'AKIA1')).toThrow(SealError);
    }
  });
});

describe('several master keys', () => {
  const [older, newer] = [Buffer.alloc(32, 2), Buffer.alloc(32, 3)] as const;
  const both = [newer, older] as const;
  const before = new Sealer(older, 'tokens').seal('secret', 'me');

  it('all open, and the newest seals', () => {
    const opener = new Sealer(both, 'tokens');
    expect(opener.open(before, 'me')).toBe('secret');
    const after = opener.seal('secret', 'me');
    expect(new Sealer(newer, 'tokens').open(after, 'me')).toBe('secret');
    expect(() => new Sealer(older, 'tokens').open(after, 'me')).toThrow(/another master key/);
    expect(new Sealer(newer, 'tokens').open(opener.rewrap(before, 'me'), 'me')).toBe('secret');
    expect(() => opener.rewrap(before, 'you')).toThrow(SealError);
  });

  it('have 32 bytes each', () => {
    expect(() => new Sealer([newer, Buffer.alloc(31)], 'tokens')).toThrow('32 bytes');
  });
});

describe('an envelope', () => {
  const [older, newer] = [Buffer.alloc(32, 2), Buffer.alloc(32, 3)] as const;
  const envelope = new Envelopes(older, 'values').seal('secret', 'me');

  it('opens for its owner, and is sealed anew without its value being touched', () => {
    expect(new Envelopes(older, 'values').open(envelope, 'me')).toBe('secret');
    const anew = new Envelopes([newer, older], 'values').rewrap(envelope, 'me');
    expect(anew.split('.')[2]).toBe(envelope.split('.')[2]);
    expect(new Envelopes(newer, 'values').open(anew, 'me')).toBe('secret');
    expect(() => new Envelopes(older, 'values').open(anew, 'me')).toThrow(/another master key/);
  });

  it.each([
    ['another owner', () => new Envelopes(older, 'values').open(envelope, 'you')],
    ['another purpose', () => new Envelopes(older, 'tokens').open(envelope, 'me')],
    ['another master key', () => new Envelopes(newer, 'values').open(envelope, 'me')],
    ['another value', () => new Envelopes(older, 'values').open(swapped(), 'me')],
    ['nothing', () => new Envelopes(older, 'values').open('', 'me')],
    ['a text without a value', () => new Envelopes(older, 'values').open('a.b', 'me')],
  ])('does not open for %s', (_what, open) => {
    expect(open).toThrow(SealError);
  });

  const swapped = (): string => {
    const other = new Envelopes(older, 'values').seal('other', 'me').split('.');
    return [...envelope.split('.').slice(0, 2), other[2]].join('.');
  };
});

describe('an access key', () => {
  it('has the form of AWS’s keys and a secret that only the master key opens', () => {
    const secrets = new AccessKeySecrets(master);
    const { key, secretAccessKey } = secrets.make('ada', 5);
    expect(key).toMatchObject({ userName: 'ada', status: 'Active', createdAt: 5 });
    expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(secrets.open(key)).toBe(secretAccessKey);
    expect(() => secrets.open({ ...key, accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' })).toThrow(SealError);
  });
});
