/** When records are written: before the answer, and what happens if they cannot be. */
import { CreateClusterCommand, DeleteClusterCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { SERVED_BUILD } from '../../../fixtures/records.ts';
import { type ApiOptions, type RunningApi, startApi } from '../../../api/server.ts';
import { Throttle } from '../../../api/throttle/throttle.ts';
import { EcsError } from '../../../model/errors.ts';
import type { Store } from '../../../store/contract/store.ts';
import { TEST_PARTITION, withStore } from '../../support/store.ts';
import { TEST_SECRETS } from '../support/api-under-test.ts';
import { RecordingGateway } from '../support/recording-gateway.ts';

const store = withStore();
let api: RunningApi | undefined;
let ecs: ECSClient;
const lines: { msg: string }[] = [];
afterEach(async () => {
  ecs.destroy();
  await api?.close();
  lines.length = 0;
});

/** The API over the test's store, of which some methods may be others. */
async function start(over: Partial<Store> = {}, options: Partial<ApiOptions> = {}): Promise<RunningApi> {
  const changed = { ...store(), ...over };
  api = await startApi({
    ...{ host: '127.0.0.1', port: 0, store: changed, workflows: new RecordingGateway(changed) },
    ...{ partition: TEST_PARTITION, webhookAddresses: { loopback: true, allowed: [] }, auth: 'loopback' },
    logger: pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as { msg: string }) }),
    agentBuild: SERVED_BUILD,
    isReady: () => Promise.resolve(true),
    ...TEST_SECRETS,
    ...options,
  });
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  ecs = new ECSClient({ endpoint: api.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  return api;
}
const create = (clusterName: string) => ecs.send(new CreateClusterCommand({ clusterName }));
const recorded = async () => (await store().listAudit({}, { limit: 100 })).items.map(({ event }) => event);

it('a change is answered only once its record is durable', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let reached = (): void => undefined;
  const writing = new Promise<void>((resolve) => (reached = resolve));
  await start({
    recordAudit: async (records) => {
      reached();
      await held;
      await store().recordAudit(records);
    },
  });
  let answered = false;
  const call = create('held').then(() => (answered = true));
  await writing;
  // The change itself is made, and a read is answered meanwhile: the answer would be there if it did not wait.
  const { clusterArns = [] } = await ecs.send(new ListClustersCommand({}));
  const answeredBefore = answered;
  release();
  await call;
  expect(clusterArns).toContain('arn:aws:ecs:us-east-1:123456789012:cluster/held');
  expect(answeredBefore).toBe(false);
  expect((await recorded()).map(({ requestParameters }) => requestParameters)).toEqual([{ clusterName: 'held' }]);
});

it('a change that cannot be recorded is answered with 503, a refusal as it is', async () => {
  const away = () => Promise.reject(new EcsError('ServiceUnavailable', 'The database is out of reach.'));
  await start({ recordAudit: away });
  await expect(create('lost')).rejects.toMatchObject({
    name: 'ServiceUnavailable',
    $metadata: { httpStatusCode: 503 },
  });
  await expect(ecs.send(new DeleteClusterCommand({ cluster: 'none' }))).rejects.toThrow('Cluster not found.');
  expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toBeDefined();
  expect(lines.map(({ msg }) => msg)).toContain('a refused call is missing in the audit');
});

it('changes that are throttled are on record', async () => {
  const before = new Set((await recorded()).map(({ eventID }) => eventID));
  await start({}, { throttle: new Throttle({ factor: 0.001, now: () => 0 }) });
  await create('first');
  await expect(create('second')).rejects.toThrow('Rate exceeded');
  const fresh = (await recorded()).filter(({ eventID }) => !before.has(eventID));
  expect(fresh.map(({ errorCode, requestParameters }) => [errorCode, requestParameters])).toEqual([
    ['ThrottlingException', { clusterName: 'second' }],
    [undefined, { clusterName: 'first' }],
  ]);
});

it('calls at the same time share writes', async () => {
  let writes = 0;
  let records = 0;
  await start({
    recordAudit: async (batch) => {
      writes++;
      records += batch.length;
      await store().recordAudit(batch);
    },
  });
  await Promise.all(Array.from({ length: 40 }, (_, i) => create(`together-${i}`)));
  expect(records).toBe(40);
  expect(writes).toBeLessThan(40);
});

describe('refused calls', () => {
  it('beyond what is kept are counted, and the count is on record', async () => {
    const before = (await recorded()).length;
    const running = await start();
    const page = { method: 'POST', headers: { origin: 'http://evil.example' } };
    await Promise.all(Array.from({ length: 310 }, () => fetch(running.url, page)));
    await running.close();
    api = undefined;
    const { items } = await store().listAudit({ eventSource: 'longshore' }, { limit: 1_000 });
    const gap = items.find(({ event }) => event.eventName === 'RefusedCallsLeftOut');
    expect(gap?.event.additionalEventData).toEqual({ calls: 10, bySource: { '127.0.0.1': 10 } });
    expect(items.filter(({ event }) => event.errorCode === 'AccessDeniedException')).toHaveLength(300);
    expect(items[0]?.event.userIdentity.type).toBe('AWSService');
    expect(items.length + before).toBeGreaterThan(300);
  });

  it('take no room while the disk is full, and changes that free some are recorded', async () => {
    const before = new Set((await recorded()).map(({ eventID }) => eventID));
    await start({}, { unwritable: () => 'The disk is full.' });
    await expect(create('none')).rejects.toThrow('The disk is full.');
    await ecs.send(new DeleteClusterCommand({ cluster: 'first' }));
    const fresh = (await recorded()).filter(({ eventID }) => !before.has(eventID));
    expect(fresh.map(({ eventName }) => eventName)).toEqual(['DeleteCluster']);
  });
});

describe('with the audit off', () => {
  it('nothing is recorded, and who asks is told so', async () => {
    const { url } = await start(
      { recordAudit: () => Promise.reject(new Error('nobody may call this')) },
      { audit: 'off' },
    );
    await create('unseen');
    for (const path of ['/v1/audit', '/v1/why/call/00000000-0000-4000-8000-000000000000']) {
      const response = await fetch(url + path);
      expect([response.status, await response.text()]).toEqual([
        501,
        expect.stringContaining('LONGSHORE_AUDIT_RETENTION is 0'),
      ]);
    }
    const { CloudTrailClient, LookupEventsCommand } = await import('@aws-sdk/client-cloudtrail');
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    const cloudtrail = new CloudTrailClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
    await expect(cloudtrail.send(new LookupEventsCommand({}))).rejects.toMatchObject({
      name: 'UnsupportedOperationException',
    });
    cloudtrail.destroy();
  });
});
