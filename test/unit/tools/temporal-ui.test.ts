/** The proxy in front of the Temporal UI: whom it serves and what it forwards. */
import { createServer, type IncomingHttpHeaders, request, type RequestOptions, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, startTemporalUi, type TemporalUi } from '../../../tools/embedded/temporal-ui.ts';

const ask = (headers: IncomingHttpHeaders, method = 'GET', url = '/'): string | undefined =>
  refusal({ headers, method, url });

describe('the port of the Temporal UI serves', () => {
  it.each(['127.0.0.1:7880', 'localhost:7880', 'longshore.localhost', '[::1]:7880'])('a page at %s', (host) => {
    expect(ask({ host })).toBeUndefined();
    expect(ask({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }, 'POST')).toBeUndefined();
  });

  it.each(['rebound.example:7880', '10.0.0.7:7880', 'localhost.example', undefined])(
    'nobody who calls it %s',
    (host) => {
      expect(ask({ host })).toContain('this machine alone');
    },
  );

  it.each(['https://evil.example', 'null', 'http://127.0.0.1:8080', 'http://localhost:7880'])(
    'no page of %s, whatever it requests',
    (origin) => {
      for (const method of ['GET', 'POST', 'DELETE']) {
        expect(ask({ host: '127.0.0.1:7880', origin }, method)).toContain('may not use');
      }
    },
  );

  it('a person who follows a link, but nothing else that another site requests', () => {
    const from = { host: 'localhost:7880', 'sec-fetch-site': 'cross-site' };
    expect(ask({ ...from, 'sec-fetch-mode': 'navigate' })).toBeUndefined();
    expect(ask({ ...from, 'sec-fetch-mode': 'no-cors' })).toContain('may link');
    expect(ask({ ...from, 'sec-fetch-mode': 'navigate' }, 'POST')).toContain('may link');
  });

  it('no request for another place', () => {
    expect(ask({ host: 'localhost' }, 'GET', 'http://elsewhere.example/')).toContain('no proxy');
  });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function send(port: number, options: RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

describe('what the proxy forwards', () => {
  let upstream: Server;
  let ui: TemporalUi;
  let port: number;
  let moved: number;

  beforeEach(async () => {
    upstream = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        response.writeHead(201, { 'set-cookie': ['a=1', 'b=2'], 'content-type': 'application/json' });
        const { method, url, headers } = incoming;
        response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
      });
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    moved = (upstream.address() as AddressInfo).port;
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    port = (probe.address() as AddressInfo).port;
    await new Promise((resolve) => probe.close(resolve));
    ui = await startTemporalUi(port, () => ({ host: '127.0.0.1', port: moved }));
  });
  afterEach(async () => {
    await ui.close();
    upstream.close();
  });

  it('is the whole request, and the whole answer', async () => {
    const headers = { origin: `http://127.0.0.1:${port}`, 'x-csrf-token': 't', 'content-type': 'application/json' };
    const {
      status,
      headers: got,
      body,
    } = await send(port, { method: 'POST', path: '/api/v1/x?a=b', headers }, '{"n":1}');
    expect({ status, cookies: got['set-cookie'] }).toEqual({ status: 201, cookies: ['a=1', 'b=2'] });
    expect(JSON.parse(body)).toMatchObject({
      method: 'POST',
      url: '/api/v1/x?a=b',
      body: '{"n":1}',
      headers: { host: `127.0.0.1:${port}`, 'x-csrf-token': 't' },
    });
  });

  it('is nothing of a refused request', async () => {
    const refused = await send(port, { headers: { host: 'rebound.example' } });
    expect({ status: refused.status, body: refused.body }).toEqual({
      status: 403,
      body: expect.stringContaining('http://127.0.0.1') as string,
    });
  });

  it('goes to the UI’s current address, and an error says so if nothing listens there', async () => {
    const there = moved;
    moved = 1;
    expect((await send(port, {})).status).toBe(502);
    moved = there;
    expect((await send(port, {})).status).toBe(201);
  });

  it('refuses a port that is taken, and names the setting', async () => {
    await expect(startTemporalUi(port, () => ({ host: '127.0.0.1', port: moved }))).rejects.toThrow(
      'LONGSHORE_TEMPORAL_UI_PORT',
    );
  });
});
