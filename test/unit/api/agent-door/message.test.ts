/** The frames and headers of unary gRPC. */
import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { frame, timeoutOf, unframe } from '../../../../api/agent-door/grpc/message.ts';
import { GrpcRefusal, headerText } from '../../../../api/agent-door/grpc/status.ts';

const most = 1_000;
const message = Buffer.from('hello');
const framedAsCompressed = (bytes: Buffer): Buffer => {
  const framed = frame(bytes);
  framed[0] = 1;
  return framed;
};
const compressed = (bytes: Buffer): Buffer => framedAsCompressed(gzipSync(bytes));

const noBound = (): void => undefined;

describe('a request', () => {
  it.each([
    ['as it is', frame(message), undefined],
    ['named identity', frame(message), 'identity'],
    ['compressed', compressed(message), 'gzip'],
    ['not compressed, although it may be', frame(message), 'gzip'],
  ])('%s is read', async (_name, body, encoding) => {
    expect((await unframe(body, { encoding, most }, noBound)).toString()).toBe('hello');
  });

  it('may be empty', async () => {
    expect(await unframe(frame(Buffer.alloc(0)), { encoding: undefined, most }, noBound)).toHaveLength(0);
  });

  it.each([
    ['without a message', Buffer.alloc(0), undefined, status.INVALID_ARGUMENT],
    ['that is cut off', frame(message).subarray(0, 7), undefined, status.INVALID_ARGUMENT],
    ['with two messages', Buffer.concat([frame(message), frame(message)]), undefined, status.INVALID_ARGUMENT],
    ['compressed otherwise', compressed(message), 'snappy', status.UNIMPLEMENTED],
    ['compressed without saying how', compressed(message), undefined, status.UNIMPLEMENTED],
    ['compressed by nobody', framedAsCompressed(message), 'gzip', status.INVALID_ARGUMENT],
    ['that unpacks to too much', compressed(Buffer.alloc(1_000_000)), 'gzip', status.RESOURCE_EXHAUSTED],
  ])('%s is refused', async (_name, body, encoding, code) => {
    await expect(unframe(body, { encoding, most }, noBound)).rejects.toMatchObject({ code });
  });

  // A few kilobytes unpack to megabytes, and many calls are read at a time.
  it('that unpacks to more than its caller may send now is unpacked no further', async () => {
    const room = 100_000;
    let taken = 0;
    const take = (count: number): void => {
      taken += count;
      if (taken > room) throw new GrpcRefusal(status.RESOURCE_EXHAUSTED, 'Too many bytes at a time.');
    };
    const bomb = compressed(Buffer.alloc(4_000_000));
    const refused = unframe(bomb, { encoding: 'gzip', most: 4_000_000 }, take).then(({ length }) => length);
    await expect(refused).rejects.toThrow('Too many bytes at a time.');
    expect(taken).toBeGreaterThan(room);
    expect(taken).toBeLessThan(2 * room);
  });

  it('that was compressed counts as what it unpacks to', async () => {
    const counts: number[] = [];
    await unframe(compressed(Buffer.alloc(900)), { encoding: 'gzip', most }, (count) => counts.push(count));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(900);
  });
});

it.each([
  ['70000000u', 70_000],
  ['30S', 30_000],
  ['2M', 120_000],
  ['1H', 3_600_000],
  ['5m', 5],
  ['1000000n', 1],
  [undefined, undefined],
  ['soon', undefined],
  ['123456789S', undefined],
])('a caller with the timeout %s waits %s ms', (header, ms) => {
  expect(timeoutOf(header)).toBe(ms);
});

it.each([
  ['It is "x", 100 %.', 'It%20is%20%22x%22,%20100%20%25.'],
  ['Grüße\n', 'Gr%C3%BC%C3%9Fe%0A'],
  ['\ud800', '%EF%BF%BD'],
])('the message %j fits into a header', (text, header) => {
  expect(headerText(text)).toBe(header);
});
