/** A service's life as EventBridge's readers see it: on a stream that breaks off, and at a webhook that fails at first. */
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../../model/event.ts';
import { becomes } from '../../tools/process.ts';
import { EventStreamReader } from '../support/event-stream.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';
import { withLongshore } from './support/lifetime.ts';
import { createService, registerWeb, stable } from './support/services.ts';

const longshore = withLongshore();
let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  receiver.answer = (nth) => (nth < 2 ? 503 : 200);
  const made = await fetch(`${longshore().url}/v1/webhooks`, {
    method: 'POST',
    body: JSON.stringify({ url: receiver.url, secret: 'shared' }),
  });
  expect(made.status).toBe(201);
});
afterAll(() => receiver.stop());

const stream = (after?: string) =>
  new EventStreamReader().open(`${longshore().url}/v1/events/stream${after === undefined ? '' : `?after=${after}`}`);

async function eventsAfter(position: string): Promise<readonly EventEnvelope[]> {
  const response = await fetch(`${longshore().url}/v1/events?limit=1000&after=${position}`);
  return ((await response.json()) as { events: readonly EventEnvelope[] }).events;
}

const statusesIn = (reader: EventStreamReader) => reader.events.map(({ data }) => data.detail['lastStatus']);
const namesOf = (events: readonly EventEnvelope[]) =>
  events.flatMap(({ detail }) => (typeof detail['eventName'] === 'string' ? [detail['eventName']] : []));

describe('a service that starts, scales in and outlives a kill -9', () => {
  it('sends its events on a stream that loses nothing when it breaks', async () => {
    const first = await stream();
    const start = first.openedAt!;
    const taskDefinition = await registerWeb(longshore(), 'web', 'hello');
    await createService(longshore(), { serviceName: 'web', taskDefinition, desiredCount: 2 });
    await first.until(() => first.events.length >= 3, 60_000);
    first.close();
    const [task] = await stable(longshore(), 'web', 2);

    await longshore().kill('main');
    await longshore().start();
    const second = await stream(first.lastId);
    await longshore().ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }));
    const hasStopped = () => statusesIn(second).filter((status) => status === 'STOPPED').length === 2;
    await second.until(hasStopped, 60_000);
    const all = await eventsAfter(start);
    const read = () => [...first.events, ...second.events].map(({ data }) => data.id);
    await second.until(() => read().length >= all.length, 60_000);
    second.close();
    expect(read().slice(0, all.length)).toEqual(all.map(({ id }) => id));

    const life = all.filter(({ resources }) => resources[0] === task!.taskArn).map(({ detail }) => detail);
    const versions = life.map((detail) => Number(detail['version']));
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    const statuses = life.map((detail) => String(detail['lastStatus']));
    expect([statuses[0], statuses.at(-1)]).toEqual(['PENDING', 'STOPPED']);
    expect(statuses).toContain('RUNNING');
    expect(life.at(-1)).toMatchObject({ desiredStatus: 'STOPPED', stopCode: 'ServiceSchedulerInitiated' });
    expect(namesOf(all)).toEqual(
      expect.arrayContaining([
        'SERVICE_DEPLOYMENT_IN_PROGRESS',
        'TASKS_STARTED',
        'SERVICE_DEPLOYMENT_COMPLETED',
        'SERVICE_STEADY_STATE',
        'TASKS_STOPPED',
      ]),
    );
  });

  it('sends all its events in order to a webhook that refused at first', async () => {
    const after = async () => (await eventsAfter('0')).map(({ id }) => id);
    const isThere = async () => {
      const last = (await after()).at(-1);
      return receiver.accepted.some(({ id }) => id === last);
    };
    expect(await becomes(isThere, 60_000, 200)).toBe(true);
    const got = [...new Set(receiver.accepted.map(({ id }) => id))];
    const wanted = await after();
    expect(got).toEqual(wanted.slice(wanted.indexOf(got[0]!), wanted.indexOf(got.at(-1)!) + 1));
    expect(receiver.received.slice(0, 2).map(({ event }) => event.id)).toEqual([got[0], got[0]]);
  });
});
