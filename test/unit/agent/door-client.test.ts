/** The agent's own connection to its door, over an outage. Time is played; connections are real. */
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { DoorAway, DoorClient } from '../../../agent/identity/door-client.ts';
import { makeAuthority, periodOf } from '../../../certificates/issue.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A door that is away: connections to it end at once. Counts them. */
async function doorThatIsAway() {
  const door = { dialled: 0, port: 0 };
  const server = createServer((socket) => {
    door.dialled += 1;
    socket.on('error', () => undefined);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => server.close());
  door.port = (server.address() as AddressInfo).port;
  return door;
}

it('dials again within seconds, however long the door was away', async () => {
  const door = await doorThatIsAway();
  const { cert, key } = await makeAuthority('nobody', periodOf(60_000));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  undo.push(() => vi.useRealTimers());
  const client = new DoorClient({ address: `127.0.0.1:${door.port}`, cert, key, authority: cert });
  undo.push(() => client.close());
  const callsFor = async (rounds: number): Promise<number> => {
    const before = door.dialled;
    for (let round = 0; round < rounds; round++) {
      const answer = expect(client.call('IsRegistered', {}, { timeoutMs: 4_000 })).rejects.toThrow(DoorAway);
      // Connections take real time, and little of it.
      for (let second = 0; second < 6; second++) {
        await vi.advanceTimersByTimeAsync(1_000);
        await sleep(3);
      }
      await answer;
    }
    return door.dialled - before;
  };
  // Four minutes, after which gRPC by itself dials each two minutes.
  await callsFor(40);
  expect(await callsFor(10)).toBeGreaterThanOrEqual(5);
});
