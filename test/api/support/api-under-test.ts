/** The API over a real store and HTTP, driven by the real SDK client; the workflows behind it are a recording gateway. */
import { ECSClient } from '@aws-sdk/client-ecs';
import { pino } from 'pino';
import { afterAll, beforeAll, expect } from 'vitest';
import { SERVED_BUILD } from '../../../fixtures/records.ts';
import { AccessKeySecrets } from '../../../api/auth/access-keys.ts';
import { SealedValues } from '../../../api/auth/sealed-values.ts';
import { SessionTokens } from '../../../api/auth/session-tokens.ts';
import { type ApiOptions, startApi, type RunningApi } from '../../../api/server.ts';
import { defined } from '../../../model/defined.ts';
import type { Store } from '../../../store/contract/store.ts';
import { startTestStore, TEST_PARTITION, type TestStore } from '../../support/store.ts';
import { RecordingGateway } from './recording-gateway.ts';
import { registrationOf } from './rows.ts';

/** Makes and opens access keys as the API under test does. */
const MASTER_KEY = Buffer.alloc(32, 7);
export const TEST_SECRETS = {
  accessKeys: new AccessKeySecrets(MASTER_KEY),
  tokens: new SessionTokens(MASTER_KEY),
  values: new SealedValues(MASTER_KEY),
};

/** How the API under test is guarded. */
export type ApiAccess = Partial<Pick<ApiOptions, 'auth' | 'certificate' | 'webhookAddresses' | 'logger' | 'guards'>> & {
  /** The agent door to which join tokens lead. */
  readonly agentDoor?: (store: Store) => Promise<NonNullable<ApiOptions['agentDoor']>>;
};

export interface ApiUnderTest {
  readonly store: Store;
  readonly gateway: RecordingGateway;
  readonly ecs: ECSClient;
  readonly url: string;
  /** Answers calls of containers. */
  readonly forward: RunningApi['forward'];
  /** The connection string of its database. */
  readonly database: string;
  /** A container instance of cluster `default` that exists from the start. */
  readonly instanceId: string;
}

/** Starts the API once, before a test file's tests. Call the returned function inside tests. */
export function withApi({ agentDoor, ...access }: ApiAccess = {}): () => ApiUnderTest {
  let running: ApiUnderTest | undefined;
  let testStore: TestStore | undefined;
  let api: RunningApi | undefined;
  beforeAll(async () => {
    testStore = await startTestStore();
    const { store } = testStore;
    const gateway = new RecordingGateway(store);
    api = await startApi({
      host: '127.0.0.1',
      port: 0,
      store,
      workflows: gateway,
      partition: TEST_PARTITION,
      webhookAddresses: { loopback: true, allowed: [] },
      logger: pino({ level: 'silent' }),
      agentBuild: SERVED_BUILD,
      isReady: () => Promise.resolve(true),
      ...TEST_SECRETS,
      auth: 'loopback',
      ...access,
      ...defined({ agentDoor: await agentDoor?.(store) }),
    });
    const ecs = new ECSClient({
      endpoint: api.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      maxAttempts: 1,
    });
    await ensureCluster(store, 'default');
    const registration = registrationOf();
    await gateway.registerInstance(registration);
    gateway.instanceId = registration.containerInstanceId;
    const { url } = api;
    const forward: RunningApi['forward'] = (request) => api!.forward(request);
    const database = testStore.postgres.connectionString;
    running = { store, gateway, ecs, url, forward, database, instanceId: registration.containerInstanceId };
  });
  afterAll(async () => {
    running?.ecs.destroy();
    await api?.close();
    await testStore?.close();
  });
  return () => {
    if (!running) throw new Error('The API is only available inside tests.');
    return running;
  };
}

export async function ensureCluster(store: Store, clusterName: string): Promise<void> {
  await store.createCluster({
    clusterName,
    status: 'ACTIVE',
    createdAt: Date.now(),
    settings: [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    tags: [],
  });
}

/** Expects an SDK call to be refused with this code and message. */
export async function expectRefusal(call: Promise<unknown>, code: string, message: string | RegExp): Promise<void> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, 'the call was not refused').toBeInstanceOf(Error);
  const refusal = error as Error;
  expect({ code: refusal.name, message: refusal.message }).toEqual({
    code,
    message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
  });
}
