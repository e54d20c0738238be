/** GET /v1/events and its live stream. */
import { type IncomingMessage, request } from 'node:http';
import { pino } from 'pino';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startApi } from '../../api/server.ts';
import { newId, aTask, SERVED_BUILD } from '../../fixtures/records.ts';
import { record, reserve, stopped } from '../store/builders.ts';
import { EventStreamReader } from '../support/event-stream.ts';
import { TEST_PARTITION } from '../support/store.ts';
import { TEST_SECRETS, ensureCluster, withApi } from './support/api-under-test.ts';

const api = withApi();
const ARN = 'arn:aws:ecs:us-east-1:123456789012';

interface Page {
  readonly events: readonly {
    readonly resources: readonly string[];
    readonly detail: { readonly lastStatus?: string };
  }[];
  readonly next: string;
  readonly message?: string;
}

async function page(query = ''): Promise<Page & { readonly status: number }> {
  const response = await fetch(`${api().url}/v1/events${query}`);
  return { status: response.status, ...((await response.json()) as Page) };
}

const readers: EventStreamReader[] = [];
async function follow(query = '', headers = {}, url = api().url): Promise<EventStreamReader> {
  const reader = new EventStreamReader();
  readers.push(reader);
  return reader.open(`${url}/v1/events/stream${query}`, headers);
}
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

/** A task that runs and stops, which makes three events. */
async function taskLife(clusterName = 'default'): Promise<string> {
  const task = aTask({ taskId: newId(), clusterName });
  await reserve(api().store, [task], clusterName);
  await record(api().store, [{ taskId: task.taskId, version: 2, changes: { lastStatus: 'RUNNING' } }], clusterName);
  await record(api().store, [stopped(task.taskId, 3)], clusterName);
  return task.taskId;
}
const STATUSES = ['PENDING', 'RUNNING', 'STOPPED'];
const statusesOf = (reader: EventStreamReader) => reader.events.map(({ data }) => data.detail['lastStatus']);

beforeAll(() => ensureCluster(api().store, 'other'));

describe('GET /v1/events', () => {
  it('pages through all events, oldest first', async () => {
    const { next: from } = await page('?limit=1000');
    const ids = [await taskLife(), await taskLife()];
    const first = await page(`?after=${from}&limit=4`);
    const second = await page(`?after=${first.next}&limit=4`);
    expect(
      [...first.events, ...second.events].map(({ resources, detail }) => [resources[0], detail.lastStatus]),
    ).toEqual(ids.flatMap((id) => STATUSES.map((status) => [`${ARN}:task/default/${id}`, status])));
    expect((await page(`?after=${second.next}`)).events).toEqual([]);
  });

  it('filters by cluster, kind and resource', async () => {
    const { next: after } = await page('?limit=1000');
    const [here, there] = [await taskLife(), await taskLife('other')];
    const found = async (query: string) =>
      new Set((await page(`?after=${after}&${query}`)).events.flatMap(({ resources }) => resources));
    expect(await found('cluster=other')).toEqual(new Set([`${ARN}:task/other/${there}`]));
    expect(await found(`cluster=${ARN}:cluster/default`)).toEqual(new Set([`${ARN}:task/default/${here}`]));
    expect(await found(`resource=${ARN}:task/default/${here}`)).toEqual(new Set([`${ARN}:task/default/${here}`]));
    expect(await found(`resource=${there}`)).toEqual(new Set([`${ARN}:task/other/${there}`]));
    expect((await found('detailType=ECS Task State Change&detailType=ECS Service Action')).size).toBe(2);
    expect((await found('detailType=ECS Service Action')).size).toBe(0);
    expect((await found(`resource=${ARN}:task/default/${here}&detailType=ECS Service Action`)).size).toBe(0);
  });

  it.each([
    ['?limit=0', /limit must be between 1 and 1000/],
    ['?limit=x', /limit must be/],
    ['?after=-1', /after must be the position/],
    ['?after=1&after=2', /after must be the position/],
    ['?detailType=Task', /detailType must be one of: ECS Task State Change, /],
    ['?cluster=a&cluster=b', /cluster may be given once only/],
    [`?resource=${ARN}:cluster/default`, /There are no events of/],
    [`?cluster=other&resource=${ARN}:task/default/x`, /is not in cluster other/],
  ])('refuses %s', async (query, message) => {
    const { status, message: said } = await page(query);
    expect(status).toBe(400);
    expect(said).toMatch(message);
    if (query.includes('limit')) return;
    expect((await fetch(`${api().url}/v1/events/stream${query}`)).status).toBe(400);
  });
});

describe('GET /v1/events/stream', () => {
  it('sends new events, to each reader by its filter', async () => {
    const [one, other] = [await follow(), await follow('?cluster=other')];
    const ids = [await taskLife(), await taskLife('other')];
    await one.until(() => one.events.length === 6);
    await other.until(() => other.events.length === 3);
    expect(statusesOf(one)).toEqual([...STATUSES, ...STATUSES]);
    expect(other.events.map(({ data }) => data.resources)).toEqual(STATUSES.map(() => [`${ARN}:task/other/${ids[1]}`]));
  });

  it('resumes after the last event read, including events from the meantime', async () => {
    const first = await follow();
    await taskLife();
    await first.until(() => first.events.length === 3);
    const middle = first.events[1]!.id;
    first.close();
    await taskLife();
    const byHeader = await follow('?after=0', { 'last-event-id': middle });
    const byQuery = await follow(`?after=${middle}`);
    await taskLife();
    for (const reader of [byHeader, byQuery]) {
      await reader.until(() => reader.events.length === 7);
      expect(statusesOf(reader)).toEqual(['STOPPED', ...STATUSES, ...STATUSES]);
    }
  });

  it('sends every event to each of many readers that come and go under load', async () => {
    const start = await follow();
    const readers = await Promise.all(Array.from({ length: 20 }, () => follow()));
    const lives = Promise.all(Array.from({ length: 40 }, () => taskLife()));
    const late = await Promise.all(Array.from({ length: 20 }, () => follow(`?after=${start.openedAt}`)));
    const ids = await lives;
    for (const reader of [...readers, ...late]) {
      await reader.until(() => reader.events.length >= 120, 20_000);
      const positions = reader.events.map(({ id }) => Number(id));
      expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b));
      expect(new Set(reader.events.flatMap(({ data }) => data.resources)).size).toBe(ids.length);
    }
  });

  it('refuses kinds of resources that only JavaScript has', async () => {
    const response = await fetch(`${api().url}/v1/events?resource=${ARN}:constructor/default/x`);
    expect(response.status).toBe(400);
  });

  it('buffers nothing for a stalled reader, and sends everything once it reads again', async () => {
    const from = (await follow()).openedAt!;
    const { port } = new URL(api().url);
    const paused = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ port, path: `/v1/events/stream?after=${from}` }, resolve)
        .on('error', reject)
        .end();
    });
    paused.pause();
    const many = 1_500;
    for (let i = 0; i < many; i += 100) {
      await reserve(
        api().store,
        Array.from({ length: 100 }, () => aTask({ startedBy: 'x'.repeat(2_000) })),
      );
    }
    const quick = await follow(`?after=${from}`);
    await quick.until(() => quick.events.length === many, 30_000);
    let text = '';
    paused
      .setEncoding('utf8')
      .on('data', (chunk: string) => (text += chunk))
      .resume();
    await quick.until(() => text.split('\ndata: ').length - 1 === many, 30_000);
    expect([...text.matchAll(/^id: (\d+)\ndata/gm)].map(([, id]) => id)).toEqual(quick.events.map(({ id }) => id));
    paused.destroy();
  });

  it('ends when the server shuts down', async () => {
    const own = await startApi({
      ...TEST_SECRETS,
      auth: 'loopback',
      host: '127.0.0.1',
      port: 0,
      store: api().store,
      workflows: api().gateway,
      partition: TEST_PARTITION,
      webhookAddresses: { loopback: true, allowed: [] },
      logger: pino({ level: 'silent' }),
      agentBuild: SERVED_BUILD,
      isReady: () => Promise.resolve(true),
    });
    const reader = await follow('', {}, own.url);
    await taskLife();
    await reader.until(() => reader.events.length === 3);
    await own.close();
    await reader.until(() => reader.ended);
  });

  it('refuses web pages of other hosts', async () => {
    const response = await fetch(`${api().url}/v1/events/stream`, { headers: { origin: 'https://example.com' } });
    expect(response.status).toBe(403);
  });
});
