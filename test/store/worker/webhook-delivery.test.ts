/** Delivery to webhooks, over a real store and HTTP. */
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventPattern } from '../../../model/event-pattern.ts';
import type { Webhook } from '../../../model/webhook.ts';
import type { AddressPolicy } from '../../../model/outgoing-address.ts';
import { becomes } from '../../../tools/process.ts';
import { type DeliveryTiming, startWebhookDelivery } from '../../../worker/webhooks/deliver.ts';
import { signature } from '../../../worker/webhooks/post.ts';
import { TEST_PARTITION, withStore } from '../../support/store.ts';
import { WebhookReceiver } from '../../support/webhook-receiver.ts';
import { aCluster, aTask, newId } from '../../../fixtures/records.ts';
import { record, reserve, stopped } from '../builders.ts';

const store = withStore();
beforeAll(() => store().createCluster(aCluster('default')));

let receiver: WebhookReceiver;
const deliverers: { stop(): Promise<void> }[] = [];
const made: string[] = [];
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  await Promise.all(deliverers.splice(0).map((each) => each.stop()));
  await Promise.all(made.splice(0).map((id) => store().deleteWebhook(id)));
  await receiver.stop();
});

const QUICK = { pollMs: 20, retryMs: 20, longestRetryMs: 100 };

const LOOPBACK: AddressPolicy = { loopback: true, allowed: [] };

function deliverer(
  timing: Partial<DeliveryTiming> = {},
  addresses: AddressPolicy = LOOPBACK,
): { stop(): Promise<void> } {
  const running = startWebhookDelivery({
    store: store(),
    partition: TEST_PARTITION,
    addresses,
    logger: pino({ level: 'silent' }),
    timing: { ...QUICK, ...timing },
  });
  deliverers.push(running);
  return running;
}

async function webhook(members: { pattern?: EventPattern; secret?: string; url?: string } = {}): Promise<string> {
  const webhookId = newId();
  made.push(webhookId);
  await store().createWebhook({ webhookId, url: receiver.url, status: 'ENABLED', at: Date.now(), ...members });
  return webhookId;
}

const deliveryOf = async (id: string): Promise<Webhook['delivery']> => (await store().getWebhook(id))!.delivery;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await becomes(condition, 30_000, 10))) {
    throw new Error(`still not so; received ${receiver.received.map(({ status }) => status).join(' ')}`);
  }
}

/** Writes tasks that run and stop, with three events each. Returns their ids. */
async function lives(count: number): Promise<readonly string[]> {
  const tasks = Array.from({ length: count }, () => aTask());
  await reserve(store(), tasks);
  const ids = tasks.map(({ taskId }) => taskId);
  await record(
    store(),
    ids.map((taskId) => ({ taskId, version: 2, changes: { lastStatus: 'RUNNING' } })),
  );
  await record(
    store(),
    ids.map((taskId) => stopped(taskId, 3)),
  );
  return ids;
}

/** The accepted events, as `taskId version`. */
const accepted = () =>
  receiver.accepted.map(({ resources, detail }) => `${resources[0]?.split('/').at(-1)} ${String(detail['version'])}`);
/** The store's events of these tasks, in its order. */
async function told(ids: readonly string[]): Promise<readonly string[]> {
  const { events } = await store().listEvents({ kinds: ['task'] }, { after: 0, limit: 10_000 });
  const tasks = events.flatMap((event) => (event.kind === 'task' ? [event.task] : []));
  return tasks.filter(({ taskId }) => ids.includes(taskId)).map(({ taskId, version }) => `${taskId} ${version}`);
}

describe('a webhook', () => {
  it('gets every event since its creation, in order, even if its receiver fails', async () => {
    await lives(1);
    const id = await webhook();
    const ids = await lives(4);
    receiver.answer = (nth) => [500, 302, 204, 429][nth] ?? 200;
    deliverer();
    await until(() => receiver.accepted.length === 12);
    expect(accepted()).toEqual(await told(ids));
    expect(receiver.received.map(({ status }) => status).slice(0, 5)).toEqual([500, 302, 204, 429, 200]);
    await until(async () => (await deliveryOf(id)).position === (await store().eventHorizon()));
    const delivery = await deliveryOf(id);
    expect(delivery).toMatchObject({ delivered: 12, dropped: 0, failures: 0 });
    expect(delivery).not.toHaveProperty('lastError');
    const later = await lives(1);
    await until(() => receiver.accepted.length === 15);
    expect(accepted().slice(12)).toEqual(await told(later));
  });

  it('shows its last error, and is tried less and less often', async () => {
    const id = await webhook();
    await lives(1);
    receiver.answer = () => 503;
    const running = deliverer({ retryMs: 50, longestRetryMs: 60_000 });
    await until(async () => (await deliveryOf(id)).failures >= 4);
    await running.stop();
    const { nextAttemptAt = 0, failingSince = 0, ...delivery } = await deliveryOf(id);
    expect(delivery).toMatchObject({ delivered: 0, lastError: 'The receiver answered 503.' });
    expect(nextAttemptAt - failingSince).toBeGreaterThan(50 + 100 + 200 + 390);
  });

  it('says why a receiver cannot be reached', async () => {
    const id = await webhook({ url: 'http://127.0.0.1:1/' });
    await lives(1);
    deliverer();
    await until(async () => (await deliveryOf(id)).failures > 0);
    expect((await deliveryOf(id)).lastError).toMatch(/fetch failed: .*(ECONNREFUSED|bad port)/);
  });

  it('does not call this machine where Longshore listens to others, unless the operator allows it', async () => {
    const port = new URL(receiver.url).port;
    const [literal, name] = [await webhook(), await webhook({ url: `http://localhost:${port}/` })];
    await lives(1);
    const strict = deliverer({}, { loopback: false, allowed: [] });
    await until(async () => (await deliveryOf(literal)).failures > 0 && (await deliveryOf(name)).failures > 0);
    await strict.stop();
    expect((await deliveryOf(literal)).lastError).toMatch(/^Longshore calls 127\.0\.0\.1, this machine itself, only/);
    expect((await deliveryOf(name)).lastError).toMatch(/^Longshore calls 127\.0\.0\.1, this machine itself, only/);
    expect(receiver.received).toEqual([]);
    deliverer({}, { loopback: false, allowed: ['127.0.0.0/8'] });
    await until(async () => (await deliveryOf(literal)).delivered === 3 && (await deliveryOf(name)).delivered === 3);
  });

  it('signs what it sends', async () => {
    const id = await webhook({ secret: 's3cret' });
    await lives(1);
    deliverer();
    await until(() => receiver.accepted.length === 3);
    const { headers, body, event } = receiver.received[0]!;
    const timestamp = Number(headers['x-longshore-timestamp']);
    expect(headers['x-longshore-signature']).toBe(signature('s3cret', timestamp, body));
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-longshore-webhook': id });
    expect(event).toMatchObject({ source: 'aws.ecs', 'detail-type': 'ECS Task State Change' });
    expect(signature('k', 1, '{}')).toBe('sha256=3dd49b2593d0f9a349e9e71c4bde3e2b862c2be4003fe9b4ba81332029310158');
  });

  it('gets only events that match its pattern', async () => {
    const id = await webhook({ pattern: { detail: { lastStatus: ['STOPPED'] } } });
    const ids = await lives(120);
    deliverer();
    await until(async () => (await deliveryOf(id)).position === (await store().eventHorizon()));
    expect(accepted()).toEqual((await told(ids)).filter((event) => event.endsWith(' 3')));
    expect(accepted()).toHaveLength(120);
  });

  it('is not delayed by another whose receiver is slow or gone', async () => {
    const stuck = await WebhookReceiver.start();
    stuck.answer = () => 'hang';
    await webhook({ url: stuck.url });
    await webhook();
    await lives(2);
    const running = deliverer();
    await until(() => receiver.accepted.length === 6 && stuck.received.length > 0);
    // Breaks the attempt that hangs off.
    await running.stop();
    await stuck.stop();
  });

  it('gets its events from one worker at a time, and from another if that one is gone', async () => {
    const id = await webhook();
    const both = [deliverer(), deliverer()];
    const ids = await lives(30);
    await until(() => receiver.accepted.length >= 20);
    await both[0]!.stop();
    await both[1]!.stop();
    deliverer();
    await until(async () => (await deliveryOf(id)).position === (await store().eventHorizon()));
    // An aborted attempt may have arrived, and then arrives again: at least once, and never out of order.
    const events = accepted();
    expect(events.filter((event, i) => event !== events[i - 1])).toEqual(await told(ids));
    expect(events.length).toBeLessThanOrEqual(92);
  });

  it('gets its events from another worker after the lease of a dead one ends', async () => {
    const id = await webhook();
    const ids = await lives(1);
    const claim = { holder: 'dead', leaseMs: 3_000, limit: 10 };
    expect((await store().claimWebhooks(claim)).map((claimed) => claimed.webhook.webhookId)).toEqual([id]);
    expect(await store().claimWebhooks({ ...claim, holder: 'other' })).toEqual([]);
    deliverer();
    await until(() => receiver.accepted.length === 3);
    expect(accepted()).toEqual(await told(ids));
    const lease = { webhookId: id, holder: 'dead', leaseMs: 3_000 };
    expect(await store().advanceWebhook(lease, { position: 0, delivered: 1, dropped: 0 })).toBe(false);
  });

  it('drops events that could not be delivered for too long, and counts them', async () => {
    const id = await webhook();
    await lives(1);
    receiver.answer = () => 500;
    deliverer({ dropAfterMs: 1_000 });
    await until(async () => (await deliveryOf(id)).dropped === 3);
    receiver.answer = () => 200;
    const later = await lives(1);
    // The receiver knows before the store does.
    await until(async () => (await deliveryOf(id)).delivered === 3);
    expect(accepted()).toEqual(await told(later));
    expect((await deliveryOf(id)).dropped).toBe(3);
  });

  it('continues at once with its new settings after a change, without waiting for the next attempt', async () => {
    const id = await webhook({ url: 'http://127.0.0.1:1/' });
    const ids = await lives(1);
    deliverer({ retryMs: 600_000, longestRetryMs: 600_000 });
    await until(async () => (await deliveryOf(id)).failures === 1);
    await store().updateWebhook(id, { url: receiver.url, at: Date.now() });
    await until(() => receiver.accepted.length === 3);
    expect(accepted()).toEqual(await told(ids));
    await store().updateWebhook(id, { status: 'DISABLED', at: Date.now() });
    const missed = await lives(1);
    expect(await store().claimWebhooks({ holder: 'x', leaseMs: 1, limit: 10 })).toEqual([]);
    await store().updateWebhook(id, { status: 'ENABLED', at: Date.now() });
    await until(() => receiver.accepted.length === 6);
    expect(accepted().slice(3)).toEqual(await told(missed));
  });
});
