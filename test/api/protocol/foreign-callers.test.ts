/** Which callers the API accepts. Only its Host header gives away a web page whose own name resolves to 127.0.0.1. */
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';

const api = withApi();

/** The status and body of the answer to a request whose header lines are sent unchanged. */
function send(
  requestLine: string,
  headers: readonly string[],
): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(api().url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('end', () => {
      const [head = '', ...body] = answer.split('\r\n\r\n');
      resolve({ status: Number(head.split(' ')[1]), text: body.join('') });
    });
    socket.write([requestLine, ...headers, 'connection: close', '', ''].join('\r\n'));
  });
}

describe('the Host of a request', () => {
  it.each([
    'localhost',
    'localhost:7878',
    'LOCALHOST.:1',
    'ecs.localhost:7878',
    '127.0.0.1:7878',
    '127.1.2.3',
    '[::1]:7878',
    'data-localhost:7878',
    'data-127.0.0.1',
    'stream-localhost',
  ])('may be %s', async (host) => {
    expect((await send('GET /v1/clusters HTTP/1.1', [`host: ${host}`])).status).toBe(200);
  });

  const foreign: readonly (readonly [what: string, headers: readonly string[], says: string])[] = [
    ['a name of someone else', ['host: evil.example:7878'], "'evil.example:7878'"],
    ['a name with a prefix of the clients', ['host: data-evil.example'], "'data-evil.example'"],
    ['a name that begins like this machine', ['host: localhost.evil.example'], "'localhost.evil.example'"],
    ['a user', ['host: localhost@evil.example'], "'localhost@evil.example'"],
    ['another address', ['host: 192.168.0.1'], "'192.168.0.1'"],
    ['nothing', ['host:'], "''"],
    ['two names', ['host: localhost', 'host: evil.example'], "'localhost, evil.example'"],
    ['one name twice', ['host: localhost', 'host: localhost'], "'localhost, localhost'"],
  ];
  it.each(foreign)('may not be %s', async (_what, headers, says) => {
    const answer = await send('GET /v1/clusters HTTP/1.1', headers);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toEqual({
      __type: 'AccessDeniedException',
      message: `The Host ${says} is not this machine. Call the API as localhost or 127.0.0.1.`,
    });
  });

  it('is required', async () => {
    expect((await send('GET /v1/clusters HTTP/1.1', [])).status).toBe(400);
    const old = await send('GET /v1/clusters HTTP/1.0', []);
    expect(old.status).toBe(403);
    expect(old.text).toContain('The request names no Host.');
  });

  it.each([
    'POST /',
    'GET /openapi.json',
    'GET /readyz',
    'GET /v1/events',
    'GET /v1/events/stream',
    'GET /v1/webhooks',
    'POST /v1/clusters',
    'GET /v1/why/task/a',
    'GET /nothing',
    'OPTIONS /v1/clusters',
    'HEAD /v1/clusters',
    'GET http://localhost/v1/clusters',
  ])('is checked before %s', async (line) => {
    const { status } = await send(`${line} HTTP/1.1`, ['host: evil.example']);
    expect(status).toBe(line.includes('/v1/') ? 403 : 400);
  });

  it('may be anything for /healthz', async () => {
    expect(await send('GET /healthz HTTP/1.1', ['host: evil.example'])).toEqual({
      status: 200,
      text: '{"status":"ok"}',
    });
  });
});

describe('a page that a browser shows', () => {
  const ask = (site: string, origin: readonly string[] = []) =>
    send('GET /v1/clusters HTTP/1.1', ['host: localhost', `sec-fetch-site: ${site}`, ...origin]);

  it.each(['cross-site', 'same-site'])('of another site may not load anything: %s', async (site) => {
    expect((await ask(site)).status).toBe(403);
  });

  it('of this machine may, if it says which it is', async () => {
    expect((await ask('same-site', ['origin: http://localhost:3000'])).status).toBe(200);
    for (const site of ['same-origin', 'none']) expect((await ask(site)).status).toBe(200);
  });

  it('changes nothing by a GET, even from a browser that does not say whose page it is', async () => {
    const change = 'GET /?Action=CreateUser&Version=2010-05-08&UserName=eve HTTP/1.1';
    const answer = await send(change, ['host: localhost']);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('Send CreateUser by POST');
    expect((await send('GET /?Action=ListUsers&Version=2010-05-08 HTTP/1.1', ['host: localhost'])).text).not.toContain(
      'eve',
    );
  });
});
