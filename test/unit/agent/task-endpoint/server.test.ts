/** The bounds of the endpoint's server: whatever comes in, it answers or closes, and goes on. */
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { forwardedHeaders, Forwarder } from '../../../../agent/task-endpoint/forwarding.ts';
import { FakeTaskControl } from '../../../support/fake-task-control.ts';
import { type Stage, startStage } from './stage.ts';

const asked = () => Promise.resolve({ method: 'GET', url: '/', headers: [], body: '' });

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterEach(() => {
  stage.control.forwarded.length = 0;
});
afterAll(() => stage.close());

/** Writes the bytes and returns all that comes back until the server closes. `ends`: the caller says that nothing follows. */
const exchange = (bytes: string, { port = stage.port, ends = false } = {}): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => (ends ? socket.end(bytes) : socket.write(bytes)));
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
const request = (...lines: string[]): string => [...lines, 'Connection: close', '', ''].join('\r\n');
const isWell = async (): Promise<void> => expect((await fetch(`${stage.url}/v1/x`)).status).toBe(200);

describe('a forwarded call', () => {
  it('is passed on as it is, without the headers of its connection', async () => {
    const body = 'a=b';
    const text = request(
      ...['PATCH /v1/x%2Fy/?q=%20&q=2 HTTP/1.1', 'Host: Some.Host:1', 'X-Two: a', 'x-two: b'],
      ...['Keep-Alive: 5', 'TE: trailers', 'X-Hop: 1', 'Connection: x-hop', `Content-Length: ${body.length}`],
    );
    expect(await exchange(text + body)).toMatch(/^HTTP\/1\.1 200 .*PATCH \/v1\/x%2Fy\/\?q=%20&q=2$/s);
    expect(stage.control.forwarded[0]!.request).toEqual({
      method: 'PATCH',
      url: '/v1/x%2Fy/?q=%20&q=2',
      headers: [
        ['host', 'Some.Host:1'],
        ['x-two', 'a'],
        ['x-two', 'b'],
        ['content-length', '3'],
      ],
      body: Buffer.from(body).toString('base64'),
    });
  });

  it('has its answer’s headers, each as often as it was sent', async () => {
    stage.control.answer = () =>
      Promise.resolve({
        status: 418,
        headers: [
          ['X-A', '1'],
          ['X-A', '2'],
          ['Connection', 'close'],
          ['Content-Length', '99'],
        ],
        body: Buffer.from('tea').toString('base64'),
      });
    const answer = await exchange(request('GET / HTTP/1.1', 'Host: x'));
    expect(answer).toMatch(/^HTTP\/1\.1 418 .*X-A: 1\r\nX-A: 2\r\n.*Content-Length: 3\r\n.*tea$/s);
    stage.control.answer = () => Promise.resolve({ status: 200, headers: [['bad name', '1']], body: '' });
    expect(await exchange(request('GET / HTTP/1.1', 'Host: x'))).toBe('');
    stage.control.answer = new FakeTaskControl().answer;
    await isWell();
  });
});

describe('bounds', () => {
  it.each([
    ['that says its size', 'Content-Length: 1048577', ''],
    ['that does not', 'Transfer-Encoding: chunked', `110000\r\n${'x'.repeat(0x110000)}\r\n0\r\n\r\n`],
  ])('a body of more than a mebibyte %s is refused', async (_, header, body) => {
    const answer = await exchange(request('POST / HTTP/1.1', 'Host: x', header) + body);
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*RequestEntityTooLargeException/s);
    expect(stage.control.forwarded).toEqual([]);
  });

  it('a body of a mebibyte is taken', async () => {
    const body = Buffer.alloc(1024 * 1024, 'x');
    expect((await fetch(stage.url, { method: 'POST', body })).status).toBe(200);
    expect(Buffer.from(stage.control.forwarded[0]!.request.body, 'base64').equals(body)).toBe(true);
  });

  it('headers of more than 16 KiB are refused', async () => {
    expect(await exchange(request('GET / HTTP/1.1', 'Host: x', `X: ${'y'.repeat(17_000)}`))).toContain(' 431 ');
  });

  it('callers that do not finish their headers or their body are cut off', async () => {
    const strict = await startStage({ timeouts: { headersMs: 100, requestMs: 150, checkMs: 20 } });
    const unfinished = ['GET / HTTP/1.1\r\nHost: x\r\n', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'];
    const answers = await Promise.all(unfinished.map((text) => exchange(text, strict)));
    expect(answers[0]).toContain(' 408 ');
    expect(answers[1]).toMatch(/ 408 |^$/);
    expect(strict.control.forwarded).toEqual([]);
    await strict.close();
  });

  it('one task has so many calls under way, and all tasks so many', async () => {
    const control = new FakeTaskControl();
    const ends: (() => void)[] = [];
    control.answer = () => new Promise((resolve) => ends.push(() => resolve({ status: 204, headers: [], body: '' })));
    const forwarder = new Forwarder({ control, most: { perTask: 2, inAll: 3 }, timeoutMs: 60_000 });
    const call = (taskId: string) => forwarder.send({ clusterName: 'c', taskId }, asked);
    const first = [call('a'), call('a')];
    expect((await call('a')).status).toBe(429);
    first.push(forwarder.send('host', asked));
    expect((await call('b')).status).toBe(429);
    ends.forEach((end) => end());
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([204, 204, 204]);
    const again = call('a');
    await new Promise(setImmediate);
    ends.at(-1)!();
    expect((await again).status).toBe(204);
  });

  it('reads no body of a call that may not go on', async () => {
    const control = new FakeTaskControl();
    control.answer = () => new Promise(() => undefined);
    const forwarder = new Forwarder({ control, most: { perTask: 1, inAll: 1 } });
    void forwarder.send('host', asked);
    const read = vi.fn(asked);
    expect((await forwarder.send('host', read)).status).toBe(429);
    expect(read).not.toHaveBeenCalled();
  });

  it('a call whose body does not come counts no longer', async () => {
    const forwarder = new Forwarder({ control: new FakeTaskControl(), most: { perTask: 1, inAll: 1 } });
    await expect(forwarder.send('host', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect((await forwarder.send('host', asked)).status).not.toBe(429);
  });

  it('a call that takes too long is answered, and counts until it ends', async () => {
    const control = new FakeTaskControl();
    let end = (): void => undefined;
    control.answer = () => new Promise((_, reject) => (end = () => reject(new Error('late'))));
    const forwarder = new Forwarder({ control, most: { perTask: 1, inAll: 1 }, timeoutMs: 10 });
    const call = () => forwarder.send('host', asked);
    expect((await call()).status).toBe(504);
    expect((await call()).status).toBe(429);
    end();
    await new Promise(setImmediate);
    expect((await call()).status).toBe(504);
  });
});

describe('nonsense', () => {
  it('ends with an answer or a closed connection, and harms no later caller', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .tuple(fc.constantFrom('GET', 'PUT', 'CONNECT', 'OPTIONS', 'X'), fc.webPath(), fc.string({ maxLength: 40 }))
        .map(
          ([method, path, header]) => `${method} ${path} HTTP/1.1\r\nHost: x\r\n${header}\r\nConnection: close\r\n\r\n`,
        ),
      fc
        .constantFrom(
          '/v4/%00',
          '/v4//task',
          '/api//task-protection/v1/state',
          '/v2/credentials/%',
          '*',
          '//',
          '/v4/__proto__',
        )
        .map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 8, maxLength: 8 }), async (all) => {
        await Promise.all(all.map((each) => exchange(each, { ends: true })));
      }),
      { numRuns: 6 },
    );
    await isWell();
    expect(stage.warnings).toEqual([]);
  });

  it('of headers loses none that the call is about', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('X-A', 'Connection', 'TE', 'Host'), fc.string()), { maxLength: 9 }),
        (pairs) => {
          const kept = forwardedHeaders(pairs.flat());
          const named = pairs.filter(([name]) => name === 'Connection').map(([, value]) => value.toLowerCase());
          if (named.every((value) => !value.includes('x-a') && !value.includes('host')))
            expect(kept).toEqual(
              pairs
                .filter(([name]) => name === 'X-A' || name === 'Host')
                .map(([name, value]) => [name.toLowerCase(), value]),
            );
          expect(kept.every(([name]) => name === 'x-a' || name === 'host')).toBe(true);
        },
      ),
    );
  });
});
