/** From where calls are counted together. */
import type { Request } from 'express';
import { describe, expect, it } from 'vitest';
import { sourceNetwork } from '../../../../api/auth/circumstances.ts';

const from = (remoteAddress: string | undefined): string => {
  const request: unknown = { socket: { remoteAddress } };
  return sourceNetwork(request as Request);
};

describe('the network that a call comes from', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    [undefined, ''],
  ])('of %s is %s', (address, network) => {
    expect(from(address)).toBe(network);
  });
});
