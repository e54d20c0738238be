/** Faults that the caller did not cause: a request id for the caller, the cause for the log, and readiness that reports them. */
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { SERVED_BUILD } from '../../../fixtures/records.ts';
import type { WorkflowGateway } from '../../../api/gateway.ts';
import type { RunningApi } from '../../../api/server.ts';
import { TEST_SECRETS } from '../support/api-under-test.ts';
import { startApi } from '../../../api/server.ts';
import type { Store } from '../../../store/contract/store.ts';

let api: RunningApi | undefined;
const lines: Record<string, unknown>[] = [];

interface Parts {
  readonly listClusters?: () => Promise<never>;
  readonly database?: () => Promise<void>;
  readonly temporal?: () => Promise<void>;
  readonly ready?: () => Promise<boolean>;
}

const fine = (): Promise<void> => Promise.resolve();

async function start({ listClusters, database = fine, temporal = fine, ready }: Parts): Promise<string> {
  lines.length = 0;
  const log = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  api = await startApi({
    ...TEST_SECRETS,
    auth: 'loopback',
    host: '127.0.0.1',
    port: 0,
    store: { listClusters, ping: database } as unknown as Store,
    workflows: { ping: temporal, forCall: () => ({}) } as unknown as WorkflowGateway,
    partition: { account: '123456789012', region: 'us-east-1' },
    webhookAddresses: { loopback: true, allowed: [] },
    logger: pino(log),
    agentBuild: SERVED_BUILD,
    isReady: ready ?? (() => Promise.resolve(true)),
  });
  return api.url;
}

afterEach(async () => {
  await api?.close();
  api = undefined;
});

describe('a fault of the server', () => {
  it('shows its request id, never its text, and logs its cause', async () => {
    const url = await start({ listClusters: () => Promise.reject(new Error('secret detail')) });
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters',
      },
      body: '{}',
    });
    const id = response.headers.get('x-amzn-requestid');
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toEqual({ __type: 'ServerException', message: expect.stringContaining(id!) as string });
    expect(text).not.toContain('secret');
    expect(lines.at(-1)).toMatchObject({
      level: 50,
      requestId: id,
      operation: 'ListClusters',
      code: 'ServerException',
      err: { message: 'secret detail' },
    });
  });

  it('logs one line for each request with id, operation and time', async () => {
    const url = await start({});
    await fetch(`${url}/v1/nothing`);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      status: 404,
      code: 'UnknownOperationException',
      ms: expect.any(Number) as number,
    });
  });
});

describe('health', () => {
  it('reports alive whatever else fails', async () => {
    const url = await start({ database: () => Promise.reject(new Error('down')) });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  const cases: readonly (readonly [string, Parts, number, readonly string[]])[] = [
    ['all is well', {}, 200, []],
    [
      'the database is away',
      { database: () => Promise.reject(new Error('x')) },
      503,
      ['The database does not answer.'],
    ],
    ['Temporal hangs', { temporal: () => new Promise<void>(() => undefined) }, 503, ['Temporal does not answer.']],
    [
      'no instance is connected',
      { ready: () => Promise.resolve(false) },
      503,
      [expect.stringMatching(/No container instance/) as string],
    ],
  ];
  it.each(cases)('reports when %s', async (_what, parts, status, reasons) => {
    const response = await fetch(`${await start(parts)}/readyz`);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual(status === 200 ? { status: 'ready' } : { status: 'not ready', reasons });
  });

  it('closes while a client holds its connection open', async () => {
    const url = await start({});
    await fetch(`${url}/healthz`);
    await api!.close();
    api = undefined;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});
