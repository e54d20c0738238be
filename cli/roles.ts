/** The api and the worker, started from the settings (the agent: agent-role.ts): what the all-in-one and the commands for one role alone share. */
import * as path from 'node:path';
import type { Logger } from 'pino';
import type { AgentAuthority } from '../api/agent-door/authority.ts';
import type { WorkflowGateway } from '../api/gateway.ts';
import type { RunningApi } from '../api/server.ts';
import type { TaskGrants } from '../api/tasks/grants.ts';
import { effectiveValue, newClusterSettings, ROOT } from '../model/account-setting.ts';
import { isAwsError, isEcsError } from '../model/errors.ts';
import { CONTROL_TASK_QUEUE } from '../model/container-instance.ts';
import type { MasterKeys } from '../model/master-keys.ts';
import type { TaskControl } from '../model/task-calls.ts';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import { defined } from '../model/defined.ts';
import type { Store } from '../store/contract/store.ts';
import { ownAgentBuild } from '../tools/agent-package/build.ts';
import { readMasterKeys } from '../tools/master-key.ts';
import { explainListenError } from '../tools/ports.ts';
import { type Settings, SetupError } from '../tools/settings.ts';
import { connectTemporal } from '../tools/temporal-connection.ts';
import { loadCertificate, type ServedCertificate, watchCertificate } from '../tools/tls/certificate.ts';
import { agentFolder, type AgentPlace } from './agent-role.ts';
import { checkMasterKey } from './check-master-key.ts';
import { apiPort } from './check-ports.ts';

export interface Role {
  shutdown(): Promise<void>;
}

/** What every role of the control plane works with. */
export interface ControlPlane {
  readonly settings: Settings;
  readonly temporal: TemporalSettings;
  readonly store: Store;
  readonly logger: Logger;
  /** Why nothing can be recorded at present; absent where the servers and their disks are the operator's own. */
  readonly unwritable?: () => string | undefined;
}

/** Where built workflow bundles are kept. */
export const bundleCacheOf = (settings: Settings): string => path.join(settings.cacheDir, 'workflows');

/** Opens the store at the address, its schema brought up to date, with the settings' cluster in it. */
export async function openStore(settings: Settings, connectionString: string): Promise<Store> {
  const { openStore: open, SchemaError } = await import('../store/index.ts');
  const store = await open({ connectionString, partition: settings.partition }).catch((error: unknown) => {
    if (error instanceof SchemaError) throw new SetupError(error.message);
    // Out of reach, or it lets nobody in.
    if (isEcsError(error)) throw new SetupError(`${error.message}\n  Check DATABASE_URL, and that its Postgres runs.`);
    throw error;
  });
  const containerInsights = effectiveValue(await store.listAccountSettings([ROOT]), ROOT, 'containerInsights');
  await store.createCluster({
    clusterName: settings.clusterName,
    status: 'ACTIVE',
    createdAt: Date.now(),
    settings: [...newClusterSettings(containerInsights)],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    tags: [],
  });
  return store;
}

/** The worker, and with it the delivery to webhooks and the clearing away of what is past its retention. */
export async function startWorkerRole({ settings, temporal, store, logger }: ControlPlane): Promise<Role> {
  const [{ startWorker }, { installTemporalLogger }, { startPurging }, { startWebhookDelivery }] = await Promise.all([
    import('../worker/index.ts'),
    import('../tools/temporal-log.ts'),
    import('../worker/purge.ts'),
    import('../worker/webhooks/deliver.ts'),
  ]);
  installTemporalLogger(logger);
  const worker = await startWorker({
    temporal,
    store,
    partition: settings.partition,
    policy: settings.instancePolicy,
    bundleCacheDir: bundleCacheOf(settings),
    logger,
  });
  const webhooks = startWebhookDelivery({
    store,
    partition: settings.partition,
    addresses: settings.webhookAddresses,
    logger,
  });
  const purging = startPurging({ store, retention: settings, logger });
  return {
    shutdown: async () => {
      purging.stop();
      await webhooks.stop();
      await worker.shutdown();
    },
  };
}

export interface ApiRole extends Role {
  readonly url: string;
  /** What tasks get: for an agent in the same process. */
  readonly grants: TaskGrants;
  /** The file by which clients trust the API's certificate, where Longshore issued it. */
  readonly authorityFile?: string;
}

/** The API on its port, and the agent door on its own. A port in use is the person's to free. */
export async function startApiRole(
  plane: ControlPlane,
  { withAgentDoor }: { readonly withAgentDoor: boolean },
): Promise<ApiRole> {
  const { settings, temporal, store, logger, unwritable } = plane;
  const [{ startApi }, { Throttle }, { connectGateway }, { sealersOf }, { TaskGrants }] = await Promise.all([
    import('../api/server.ts'),
    import('../api/throttle/throttle.ts'),
    import('../api/temporal-gateway.ts'),
    import('./sealers.ts'),
    import('../api/tasks/grants.ts'),
  ]);
  const [gateway, readiness, served] = await Promise.all([
    connectGateway(temporal),
    connectReadiness(plane),
    loadCertificate(settings),
  ]);
  const workflows: WorkflowGateway = gateway;
  const { host, port, partition, webhookAddresses, auth, apiRates: factor, environmentFiles } = settings;
  const { isReady } = readiness;
  const throttle = factor === 0 ? undefined : new Throttle({ factor, now: () => performance.now() });
  const masterKeys = readMasterKeys(settings);
  const secrets = sealersOf(masterKeys);
  if (auth === 'required' && (await checkMasterKey(store, secrets.accessKeys)) === 'some') {
    logger.warn('some access keys were sealed with another master key: calls that they sign are refused');
  }
  const authority = withAgentDoor ? await openAuthority(plane, masterKeys) : undefined;
  const agentDoor = authority && { advertised: settings.agentDoor.advertised, authority };
  const audit = settings.auditRetentionMs === 0 ? ('off' as const) : ('on' as const);
  const agentBuild = ownAgentBuild();
  const guard = { ...secrets, auth, audit, ...defined({ certificate: served?.pair, throttle, agentDoor }) };
  const hasEnvironmentFiles = environmentFiles !== undefined;
  const behind = { store, workflows, partition, webhookAddresses, guards: settings.taskGuards, logger };
  const options = { host, port, ...behind, isReady, agentBuild, hasEnvironmentFiles, ...guard };
  const api = await startApi({ ...options, ...defined({ unwritable }) }).catch((error: unknown) => {
    throw error instanceof Error ? explainListenError(error, apiPort(settings)) : error;
  });
  if (auth === 'required' && served === undefined) {
    logger.warn(
      { url: api.url },
      'TLS is off: whoever can read the network between the API and its callers reads all calls',
    );
  }
  const shared = { store, partition, logger, ...secrets, auth, audit, ...defined({ environmentFiles, unwritable }) };
  const grants = new TaskGrants({ ...shared, forward: (request) => api.forward(request) });
  const door = await openDoor({ ...plane, masterKeys, grants }, authority).catch(async (error: unknown) => {
    await Promise.all([api.close(), grants.close()]);
    throw error;
  });
  const stopWatching = served === undefined ? () => undefined : keepCertificate(api, served, logger);
  return {
    url: api.url,
    grants,
    ...defined({ authorityFile: served?.authorityFile }),
    shutdown: async () => {
      stopWatching();
      await Promise.all([api.close(), door?.close()]);
      await Promise.all([gateway.close(), readiness.close(), grants.close()]);
    },
  };
}

const openDoor = async (
  parts: ControlPlane & { readonly masterKeys: MasterKeys; readonly grants: TaskGrants },
  authority: AgentAuthority | undefined,
) => authority && (await import('./agent-door.ts')).openAgentDoor({ ...parts, authority });

async function openAuthority({ settings, store }: ControlPlane, masterKeys: MasterKeys): Promise<AgentAuthority> {
  const { agentAuthority } = await import('../api/agent-door/authority.ts');
  return agentAuthority(store, masterKeys, settings).catch((error: unknown) => {
    throw isAwsError(error) ? new SetupError(error.message) : error;
  });
}

/** Serves a changed or renewed certificate without a restart. Returns the function that ends this. */
const keepCertificate = (api: RunningApi, served: ServedCertificate, logger: Logger): (() => void) =>
  watchCertificate(served, {
    onChange: (pair) => {
      api.setCertificate(pair);
      logger.info('serving a new certificate');
    },
    onError: (error) => logger.error({ err: error }, 'the certificate cannot be read again; the old one stays'),
  });

/** The agent beside Temporal, in the settings' cluster. `grants`: what its tasks get, once the API has started. */
export async function besideTemporal({
  settings,
  temporal,
  logger,
  grants,
}: Pick<ControlPlane, 'settings' | 'temporal' | 'logger'> & {
  readonly grants: () => Promise<TaskGrants>;
}): Promise<AgentPlace> {
  const [{ connectDirect }, { loadInstanceId }] = await Promise.all([
    import('../agent/direct.ts'),
    import('../agent/instance-id.ts'),
  ]);
  const { clusterName, availabilityZone } = settings;
  const containerInstanceId = await loadInstanceId(agentFolder(settings));
  const own = async () => (await grants()).of({ clusterName, containerInstanceId });
  const tasks: TaskControl = {
    secrets: async (task) => (await own()).secrets(task),
    credentials: async (task) => (await own()).credentials(task),
    forward: async (task, request) => (await own()).forward(task, request),
  };
  const connect = () => connectDirect(temporal, { tasks, guards: settings.taskGuards });
  return { settings, logger, connect, containerInstanceId, clusterName, availabilityZone };
}

/** Tells whether tasks can really be run: some worker polls, and some instance is connected. */
async function connectReadiness({ temporal, store }: ControlPlane) {
  const client = await connectTemporal(temporal);
  // Without a type the server answers for workflow tasks.
  const workerPolls = async (): Promise<boolean> => {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: temporal.namespace,
      taskQueue: { name: CONTROL_TASK_QUEUE },
    });
    return pollers.length > 0;
  };
  return {
    isReady: async () => (await workerPolls()) && (await instanceConnected(store)),
    close: () => client.connection.close(),
  };
}

async function instanceConnected(store: Store): Promise<boolean> {
  const { items: clusters } = await store.listClusters({ limit: 100 });
  for (const clusterName of clusters) {
    const { items } = await store.listInstances({ clusterName, status: 'ACTIVE' }, { limit: 100 });
    const instances = await store.getInstances(clusterName, items);
    if (instances.some((instance) => instance.agentConnected)) return true;
  }
  return false;
}
