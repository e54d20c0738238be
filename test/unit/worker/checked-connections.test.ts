/** Connections of webhooks, over real sockets: the address that was checked is the one that is called. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AddressPolicy } from '../../../model/outgoing-address.ts';
import type { Resolve } from '../../../model/checked-lookup.ts';
import { checkedConnections } from '../../../worker/webhooks/checked-connections.ts';
import { type Delivery, post } from '../../../worker/webhooks/post.ts';

/** What each delivery reached: the address that the connection came in at. */
const reached: (string | undefined)[] = [];
let server: Server;
beforeEach(async () => {
  reached.length = 0;
  server = createServer((request, response) => {
    reached.push(request.socket.localAddress);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A name server that answers each question with the next of these lists of addresses. */
function nameServer(...answers: string[][]): { resolve: Resolve; asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (name, _options, answer) => {
    const addresses = answers[asked.length] ?? [];
    asked.push(name);
    setImmediate(() =>
      answer(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    );
  };
  return { resolve, asked };
}

/** Delivers to the host, on the server's port. Returns why it failed. */
async function deliver(host: string, policy: AddressPolicy, resolve?: Resolve): Promise<string | undefined> {
  const connections = checkedConnections(policy, resolve);
  const url = `http://${host}:${(server.address() as AddressInfo).port}/`;
  const delivery = { webhookId: 'w', url, position: 1, event: {} } as unknown as Delivery;
  try {
    return await post(delivery, { policy, connections }, new AbortController().signal);
  } finally {
    await connections.close();
  }
}

const ALONE: AddressPolicy = { loopback: true, allowed: [] };
const SHARED: AddressPolicy = { loopback: false, allowed: [] };

it('a name is looked up once, and its address is called', async () => {
  const { resolve, asked } = nameServer(['127.0.0.1']);
  expect(await deliver('hook.example', ALONE, resolve)).toBeUndefined();
  expect(asked).toEqual(['hook.example']);
  expect(reached).toEqual(['127.0.0.1']);
});

it.each([['127.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['0.0.0.0']])(
  'a name that stands for %s is not called where Longshore listens to others',
  async (address) => {
    const { resolve } = nameServer([address]);
    expect(await deliver('hook.example', SHARED, resolve)).toContain(`Longshore calls ${address}, this machine itself`);
    expect(reached).toEqual([]);
  },
);

it('a name that stands for a metadata address is called nowhere', async () => {
  const { resolve } = nameServer(['169.254.169.254']);
  expect(await deliver('hook.example', ALONE, resolve)).toContain('Longshore does not call 169.254.169.254');
});

it('a name that changes its address after the check gains nothing', async () => {
  // Whoever looked twice would check the first answer and call the second.
  const { resolve, asked } = nameServer(['169.254.169.254'], ['127.0.0.1'], ['127.0.0.1']);
  expect(await deliver('hook.example', ALONE, resolve)).toContain('Longshore does not call 169.254.169.254');
  expect(asked).toHaveLength(1);
  expect(reached).toEqual([]);
});

it('of several addresses only the allowed ones are called', async () => {
  const { resolve } = nameServer(['169.254.169.254', 'fe80::1', '127.0.0.1']);
  expect(await deliver('hook.example', ALONE, resolve)).toBeUndefined();
  expect(reached).toEqual(['127.0.0.1']);
});

it('an address in the URL is checked, too', async () => {
  expect(await deliver('127.0.0.1', SHARED)).toContain('this machine itself');
  expect(await deliver('[::ffff:127.0.0.1]', SHARED)).toContain('this machine itself');
  expect(reached).toEqual([]);
  expect(await deliver('127.0.0.1', { loopback: false, allowed: ['127.0.0.1'] })).toBeUndefined();
  expect(reached).toEqual(['127.0.0.1']);
});

it('a name that nobody knows is an error of the receiver', async () => {
  expect(await deliver('no-such-name.invalid', ALONE)).toMatch(/^fetch failed: getaddrinfo/);
});
