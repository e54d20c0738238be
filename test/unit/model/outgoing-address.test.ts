/** What Longshore may call. */
import { describe, expect, it } from 'vitest';
import { addressFault, type AddressPolicy, hostFault, isSubnet } from '../../../model/outgoing-address.ts';

const ALONE: AddressPolicy = { loopback: true, allowed: [] };
const SHARED: AddressPolicy = { loopback: false, allowed: [] };
const hostOf = (url: string): string => new URL(url).hostname;

describe('an address', () => {
  it.each(['93.184.216.34', '10.1.2.3', '192.168.1.1', '172.16.0.1', '2606:2800:220:1::1', 'fd12::1'])(
    '%s is allowed everywhere',
    (address) => {
      expect(addressFault(address, ALONE)).toBeUndefined();
      expect(addressFault(address, SHARED)).toBeUndefined();
    },
  );

  it.each([
    '169.254.0.0',
    '169.254.169.254',
    '169.254.170.2',
    '169.254.255.255',
    'fe80::1',
    'febf:ffff::1',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
    '100.100.100.200',
    '168.63.129.16',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
  ])('%s is refused everywhere', (address) => {
    for (const policy of [ALONE, SHARED])
      expect(addressFault(address, policy)).toBe(
        `Longshore does not call ${address}, a link-local or metadata address. Only LONGSHORE_WEBHOOK_ALLOW can allow it.`,
      );
  });

  it.each(['127.0.0.1', '127.9.9.9', '0.0.0.0', '::1', '::', '::ffff:127.0.0.1', '64:ff9b::7f00:1'])(
    '%s, the machine itself, is allowed only where Longshore listens on loopback alone',
    (address) => {
      expect(addressFault(address, ALONE)).toBeUndefined();
      expect(addressFault(address, SHARED)).toMatch(/this machine itself, only where it listens on loopback alone/);
    },
  );

  it.each(['169.253.255.255', '169.255.0.0', 'fec0::1', '128.0.0.1', 'fd00:ec3::254'])(
    '%s, just outside, is allowed',
    (address) => expect(addressFault(address, SHARED)).toBeUndefined(),
  );

  it('is allowed if the operator says so, whatever it is', () => {
    const policy = { loopback: false, allowed: ['127.0.0.1', '169.254.1.0/24', 'fe80::/64'] };
    const faults = (...addresses: string[]) => addresses.filter((one) => addressFault(one, policy) !== undefined);
    expect(faults('127.0.0.1', '::ffff:127.0.0.1', '169.254.1.7', 'fe80::9')).toEqual([]);
    expect(faults('127.0.0.2', '::1', '169.254.2.7', 'fe80:0:0:1::9')).toHaveLength(4);
  });

  it('must be one', () => expect(addressFault('example.com', ALONE)).toBe('example.com is no IP address.'));
});

describe('the host of a URL', () => {
  it.each([
    'http://169.254.169.254/',
    'http://0xA9FEA9FE/',
    'http://2852039166/',
    'http://169.254.43518/',
    'http://[fe80::1]/',
  ])('%s is an address that is refused', (url) =>
    expect(hostFault(hostOf(url), ALONE)).toMatch(/a link-local or metadata address/),
  );

  it.each([
    'http://localhost:80/',
    'http://LOCALHOST./',
    'http://a.localhost/',
    'http://127.1/',
    'http://[::1]/',
    'http://0/',
  ])('%s is the machine itself', (url) => {
    expect(hostFault(hostOf(url), ALONE)).toBeUndefined();
    expect(hostFault(hostOf(url), SHARED)).toMatch(/this machine itself/);
    expect(hostFault(hostOf(url), { loopback: false, allowed: ['0.0.0.0/0', '::/0'] })).toBeUndefined();
  });

  it('may be any other name: what it stands for is looked up later', () => {
    for (const name of ['example.com', 'metadata.google.internal', 'localhost.example.com', 'notlocalhost'])
      expect(hostFault(name, SHARED)).toBeUndefined();
  });
});

it('a subnet is an address with or without a length', () => {
  const texts = [
    '127.0.0.1',
    '10.0.0.0/8',
    '::1',
    'fd00::/8',
    '10.0.0.0/33',
    'fd00::/129',
    '127.1',
    '5',
    'x',
    '',
    '/8',
  ];
  expect(texts.filter(isSubnet)).toEqual(['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8']);
});
