/** Which host names mean this machine. */
import { describe, expect, it } from 'vitest';
import { isLocalHost } from '../../../model/local-host.ts';

describe('isLocalHost', () => {
  it.each([
    'localhost',
    'localhost:7878',
    'LocalHost:7878',
    'localhost.',
    'localhost.:7878',
    'ecs.localhost:7878',
    'ecs.us-east-1.localhost',
    '127.0.0.1',
    '127.0.0.1:7878',
    '127.255.10.9:1',
    '127.0.0.1:',
    '[::1]',
    '[::1]:7878',
    'data-127.0.0.1:7878',
    'data-localhost:7878',
    'stream-127.0.0.1',
    'stream-localhost',
    'data-ecs.localhost',
  ])('accepts %s as this machine', (host) => {
    expect(isLocalHost(host)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:7878',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil-localhost',
    'data-evil.example',
    'data-data-localhost',
    'notlocalhost',
    '.localhost',
    'localhost..',
    'user@localhost',
    'localhost:7878@evil.example',
    'localhost, evil.example',
    'localhost evil.example',
    'localhost\n',
    'localhost/evil.example',
    '127.0.0.1.5',
    '127.0.0.256',
    '127.1',
    '0127.0.0.1',
    '128.0.0.1',
    '10.0.0.1',
    '0.0.0.0:7878',
    '2130706433',
    '[::]',
    '[::1',
    '::1',
    '[::ffff:10.0.0.1]',
    'localhost:port',
    'localhost:7878:7878',
  ])('rejects %s as foreign', (host) => {
    expect(isLocalHost(host)).toBe(false);
  });
});
