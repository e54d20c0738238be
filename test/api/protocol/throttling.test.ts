/** Calls that come too fast over HTTP: refused before anything is read, and tried again by AWS's client until they pass. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { ECSClient, ListTagsForResourceCommand, TagResourceCommand } from '@aws-sdk/client-ecs';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { SERVED_BUILD } from '../../../fixtures/records.ts';
import { type RunningApi, startApi } from '../../../api/server.ts';
import { Throttle } from '../../../api/throttle/throttle.ts';
import type { Store } from '../../../store/contract/store.ts';
import { withStore, TEST_PARTITION } from '../../support/store.ts';
import { TEST_SECRETS } from '../support/api-under-test.ts';
import { RecordingGateway } from '../support/recording-gateway.ts';

const store = withStore();
const CLUSTER = 'arn:aws:ecs:us-east-1:123456789012:cluster/default';

let api: RunningApi | undefined;
afterEach(() => api?.close());

/** An API whose lines of log end up in the list. */
async function start(throttle: Throttle, over: Store = store(), log: { code?: string }[] = []) {
  api = await startApi({
    host: '127.0.0.1',
    port: 0,
    store: over,
    workflows: new RecordingGateway(over),
    partition: TEST_PARTITION,
    webhookAddresses: { loopback: true, allowed: [] },
    logger: pino({}, { write: (line: string) => log.push(JSON.parse(line) as { code?: string }) }),
    agentBuild: SERVED_BUILD,
    isReady: () => Promise.resolve(true),
    ...TEST_SECRETS,
    auth: 'loopback',
    // A refusal is logged at once, and not after its record.
    audit: 'off',
    throttle,
  });
  return { url: api.url };
}

/** A store that nothing may be read from. */
const untouchable = (): Store =>
  new Proxy(store(), {
    get: (_store, name) => {
      throw new Error(`store.${String(name)} was used`);
    },
  });

describe('a call that comes too fast', () => {
  /** Admits one change of a cluster, for ever. */
  const spent = async () => {
    const { url } = await start(new Throttle({ factor: 0.001, now: () => 0 }), untouchable());
    const post = (body: string) =>
      fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'AmazonEC2ContainerServiceV20141113.CreateCluster',
        },
        body,
      });
    expect((await post('{"clusterName":5}')).status).toBe(400);
    return { url, post };
  };

  it('is refused over AWS JSON, whatever it says', async () => {
    const { post } = await spent();
    for (const body of ['{}', '{"clusterName":5}']) {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({ __type: 'ThrottlingException', message: 'Rate exceeded' });
    }
  });

  it('is refused over REST', async () => {
    const { url } = await spent();
    const answer = await fetch(`${url}/v1/clusters/default`, { method: 'DELETE' });
    expect(answer.status).toBe(429);
    expect(await answer.json()).toEqual({ __type: 'ThrottlingException', message: 'Rate exceeded' });
  });

  it('leaves calls of other categories and Longshore’s own routes alone', async () => {
    const { url } = await spent();
    const statuses = ['/v1/account-settings?value=on', '/openapi.json', '/openapi.json', '/healthz'].map(
      async (path) => (await fetch(url + path)).status,
    );
    expect(await Promise.all(statuses)).toEqual([400, 200, 200, 200]);
  });
});

it('whoever calls without credentials uses up the calls of one address', async () => {
  const { url } = await start(new Throttle({ factor: 0.01, now: () => 0 }));
  const body = 'Version=2011-06-15&Action=AssumeRoleWithWebIdentity';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const callFrom = async (localAddress: string): Promise<string> => {
    const call = request(url, { method: 'POST', localAddress, headers }).end(body);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    return /<Code>(.*)<\/Code>/.exec(await text(answer))?.[1] ?? '';
  };
  const [mine, others] = ['127.0.0.1', '127.0.0.2'];
  const codes = [await callFrom(mine), await callFrom(mine), await callFrom(others), await callFrom(others)];
  expect(codes).toEqual(['ValidationError', 'Throttling', 'ValidationError', 'Throttling']);
});

it('AWS’s client tries again, and every call gets through', async () => {
  // Two changes of tags at once, and one more for each that was refused: a second passes only then.
  const log: { code?: string }[] = [];
  const refusals = () => log.filter(({ code }) => code === 'ThrottlingException').length;
  const throttle = new Throttle({ factor: 0.1, now: () => refusals() * 1_000 });
  const { url } = await start(throttle, store(), log);
  const ecs = new ECSClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    maxAttempts: 50,
  });
  const keys = ['one', 'two', 'three', 'four', 'five'];
  await Promise.all(
    keys.map((key) => ecs.send(new TagResourceCommand({ resourceArn: CLUSTER, tags: [{ key, value: '' }] }))),
  );
  const { tags = [] } = await ecs.send(new ListTagsForResourceCommand({ resourceArn: CLUSTER }));
  expect(tags.map(({ key }) => key).sort()).toEqual(keys.toSorted());
  expect(refusals()).toBe(3);
  ecs.destroy();
});
