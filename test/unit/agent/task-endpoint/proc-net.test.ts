/** The kernel's tables, as a host with Docker has them. */
import { createServer, type AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findNamespace } from '../../../../agent/task-endpoint/network-namespace.ts';
import { isListening, localAddresses } from '../../../../agent/task-endpoint/proc-net.ts';

const FIB_TRIE = `Main:
  +-- 0.0.0.0/0 3 0 5
     +-- 10.213.227.252/30 2 0 2
        |-- 10.213.227.252
           /30 link UNICAST
        |-- 10.213.227.254
           /32 host LOCAL
     +-- 169.254.170.0/30 2 0 2
        |-- 169.254.170.2
           /32 host LOCAL
        |-- 169.254.170.3
           /32 link BROADCAST
`;

it('finds a host’s own addresses, and neither networks nor broadcasts', () => {
  expect([...localAddresses(FIB_TRIE)]).toEqual(['10.213.227.254', '169.254.170.2']);
  expect([...localAddresses('')]).toEqual([]);
});

describe('a port', () => {
  const row = (where: string, state: string) => `   0: ${where} 00000000:0000 ${state} 00000000:00000000 00:00000000`;
  it.each([
    ['that somebody listens at', row('02AAFEA9:C9DF', '0A'), true],
    ['with a connection only', row('02AAFEA9:C9DF', '01'), false],
    ['of another address', row('0100007F:C9DF', '0A'), false],
    ['that is another one', row('02AAFEA9:C9E0', '0A'), false],
  ])('%s', (_, tcp, expected) => {
    expect(isListening(`  sl  local_address\n${tcp}\n`, { host: '169.254.170.2', port: 51_679 })).toBe(expected);
  });

  it('of this machine is seen, and no longer once it is closed', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const look = () => isListening(readFileSync('/proc/self/net/tcp', 'utf8'), { host: '127.0.0.1', port });
    expect(look()).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    expect(look()).toBe(false);
  });
});

it('finds no namespace with an interface that nobody has, and its own with one that it has', async () => {
  expect(await findNamespace('br-0123456789ab')).toBeUndefined();
  const own = await findNamespace('lo');
  expect(await own!.run('cat', '/proc/self/net/fib_trie')).toContain('127.0.0.1');
});
