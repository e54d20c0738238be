/** Following the stream of events. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { followEvents } from '../../../cli/events/follow-events.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server that gives these answers, one per request. */
async function serve(...answers: readonly Answer[]): Promise<{ url: string; asked: (string | undefined)[] }> {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers['last-event-id'] as string | undefined);
    answers[asked.length - 1]?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
}

const stream =
  (blocks: readonly string[], then: (response: ServerResponse) => void = () => undefined): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const block of blocks) response.write(`${block}\n\n`);
    then(response);
  };
const event = (position: number) => `id: ${position}\ndata: {"id":"event-${position}"}`;

interface Followed {
  readonly seen: string[];
  gaps: number;
  /** The position at which to resume after the stop. */
  readonly position: Promise<string | undefined>;
}

/** Follows until `enough` events have arrived. */
function follow(url: string, { after, enough }: { after?: string; enough: number }): Followed {
  const stop = new AbortController();
  const seen: string[] = [];
  const followed: Followed = {
    seen,
    gaps: 0,
    position: followEvents({
      open: (headers) => fetch(url, { headers, signal: stop.signal }),
      after,
      signal: stop.signal,
      onEvent: (position, { id }) => {
        seen.push(`${position} ${id}`);
        // Events of the same chunk are read first.
        if (seen.length === enough) setTimeout(() => stop.abort(), 50);
      },
      onGap: () => (followed.gaps += 1),
    }),
  };
  return followed;
}

describe('followEvents', () => {
  it('resumes after the last event when the stream ends or breaks, and returns its position', async () => {
    const { url, asked } = await serve(
      stream([event(4), event(7)], (response) => response.end()),
      (response) => response.socket?.destroy(),
      (response) => response.writeHead(503).end(),
      stream([event(8)]),
    );
    const followed = follow(url, { enough: 3 });
    expect(await followed.position).toBe('8');
    expect(followed.seen).toEqual(['4 event-4', '7 event-7', '8 event-8']);
    expect(asked).toEqual([undefined, '7', '7', '7']);
    expect(followed.gaps).toBe(3);
  });

  it('begins after the given position, and follows the position in heartbeats', async () => {
    const { url, asked } = await serve(
      stream([event(12), ': heartbeat\nid: 30'], (response) => response.end()),
      stream([event(31)]),
    );
    const followed = follow(url, { after: '11', enough: 2 });
    expect(await followed.position).toBe('31');
    expect(asked).toEqual(['11', '30']);
  });

  it('reads an event that arrives in pieces', async () => {
    const [head, tail] = [event(5).slice(0, 9), event(5).slice(9)];
    const { url } = await serve((response) => {
      response.writeHead(200);
      response.write(head);
      setTimeout(() => response.write(`${tail}\n\n`), 20);
    });
    const followed = follow(url, { enough: 1 });
    await followed.position;
    expect(followed.seen).toEqual(['5 event-5']);
  });

  it('gives up if it is refused, or if nobody answers at first', async () => {
    const refuse: Answer = (response) => response.writeHead(400).end('{"message":"after must be the position"}');
    const { url } = await serve(refuse);
    await expect(follow(url, { enough: 1 }).position).rejects.toThrow('after must be the position');
    await expect(follow('http://127.0.0.1:1/', { enough: 1 }).position).rejects.toThrow();
  });
});
