/** Everything on one machine: the three roles in this process, and each embedded server that the operator does not provide. */
import * as path from 'node:path';
import type { DockerOptions } from 'dockerode';
import type { Logger } from 'pino';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import { defined } from '../model/defined.ts';
import type { Store } from '../store/contract/store.ts';
import { ownAgentBuild } from '../tools/agent-package/build.ts';
import { DiskReserve } from '../tools/disk/reserve.ts';
import { ensureDocker } from '../tools/embedded/docker.ts';
import { startPostgres } from '../tools/embedded/postgres.ts';
import { supervise } from '../tools/embedded/supervise.ts';
import { startTemporalUi } from '../tools/embedded/temporal-ui.ts';
import { startTemporal } from '../tools/embedded/temporal.ts';
import { withProgress } from '../tools/progress.ts';
import type { Settings } from '../tools/settings.ts';
import { startAgentRole } from './agent-role.ts';
import { checkPorts } from './check-ports.ts';
import { besideTemporal, bundleCacheOf, openStore, startApiRole, startWorkerRole } from './roles.ts';
import type { Stops } from './shutdown.ts';

export interface AllInOne {
  readonly url: string;
  /** The file by which clients trust the API's certificate, where Longshore issued it. */
  readonly authorityFile?: string;
  /** Absent when the operator provides Temporal. */
  readonly temporalUiUrl?: string;
  readonly containerInstanceId: string;
}

/** Starts every part and adds each to `stops`, so that the caller can stop them when a later part fails. Logs at debug how long each part took. */
export async function startAllInOne(settings: Settings, logger: Logger, stops: Stops): Promise<AllInOne> {
  await checkPorts(settings);
  const timed = phases(logger);
  const reserve = watchDisk(settings, logger, stops);
  // The code of the roles is loaded, and the workflow bundle is built if it changed, while the servers start.
  const warm = Promise.all([import('../worker/index.ts'), import('../agent/index.ts'), import('../api/server.ts')]);
  const [store, temporal, docker] = await allOrFirstFailure([
    timed('postgres and store', () => startStore({ settings, logger, stops, reserve })),
    timed('temporal', () => startTemporalServer(settings, logger, stops)),
    timed('docker', () => dockerEngine(settings)),
    timed('loading code', () => warm),
    timed('workflow bundle', () => prepareBundle(settings)),
  ]);
  const plane = {
    settings,
    temporal: temporal.settings,
    store,
    logger,
    unwritable: () => reserve.problem(),
  };
  const worker = await timed('worker', () => withProgress('starting the worker', () => startWorkerRole(plane)));
  stops.add('worker', () => worker.shutdown());
  const apiStarts = timed('api', () => startApiRole(plane, { withAgentDoor: settings.agentDoor.isOn }));
  // The agent waits for it, too.
  apiStarts.catch(() => undefined);
  const place = await besideTemporal({ ...plane, grants: async () => (await apiStarts).grants });
  const [agent, api] = await Promise.all([
    timed('agent', () =>
      withProgress('registering this Docker engine', () =>
        startAgentRole(place, { docker, fargate: settings.fargate ?? true, build: ownAgentBuild() }),
      ),
    ),
    apiStarts,
  ]);
  stops.add('agent', () => agent.shutdown());
  stops.add('api', () => api.shutdown());
  return {
    url: api.url,
    containerInstanceId: place.containerInstanceId,
    ...defined({ temporalUiUrl: temporal.uiUrl, authorityFile: api.authorityFile }),
  };
}

/** Waits for all of them: when one fails and the rest are stopped, none must still be starting. */
async function allOrFirstFailure<A, B, C>(
  work: readonly [Promise<A>, Promise<B>, Promise<C>, ...Promise<unknown>[]],
): Promise<[A, B, C]> {
  await Promise.allSettled(work);
  return Promise.all([work[0], work[1], work[2]]);
}

interface Begun {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly stops: Stops;
  readonly reserve: DiskReserve;
}

function watchDisk(settings: Settings, logger: Logger, stops: Stops): DiskReserve {
  const reserve = new DiskReserve({ ballastBytes: settings.diskReserveBytes, logger });
  stops.add('disk reserve', () => reserve.stop());
  reserve.watch(settings.dataDir);
  return reserve;
}

async function startStore(begun: Begun): Promise<Store> {
  const { settings, stops } = begun;
  const connectionString = settings.databaseUrl ?? (await embeddedPostgres(begun));
  const store = await openStore(settings, connectionString);
  stops.add('store', () => store.close());
  return store;
}

async function embeddedPostgres({ settings, logger, stops, reserve }: Begun): Promise<string> {
  const port = settings.embeddedPorts.postgres;
  const start = () => startPostgres({ dataDir: path.join(settings.dataDir, 'postgres'), port });
  let running = await withProgress('starting Postgres', start);
  stops.add('postgres', () => running.stop());
  reserve.watch(running.folder);
  const watching = supervise({ name: 'Postgres', port, restart: async () => (running = await start()) }, logger);
  stops.add('postgres supervision', watching);
  return running.connectionString;
}

async function startTemporalServer(
  settings: Settings,
  logger: Logger,
  stops: Stops,
): Promise<{ readonly settings: TemporalSettings; readonly uiUrl?: string }> {
  if (settings.temporal !== undefined) return { settings: settings.temporal };
  const { temporal: port, temporalUi: uiPort } = settings.embeddedPorts;
  const dataDir = path.join(settings.dataDir, 'temporal');
  const start = () => startTemporal({ dataDir, cacheDir: settings.cacheDir, port, sync: settings.temporalSync });
  let running = await start();
  stops.add('temporal', () => running.stop());
  const watching = supervise({ name: 'Temporal', port, restart: async () => (running = await start()) }, logger);
  stops.add('temporal supervision', watching);
  const ui = await startTemporalUi(uiPort, () => running.ui);
  stops.add('temporal UI', () => ui.close());
  return { settings: running.settings, uiUrl: ui.url };
}

const prepareBundle = async (settings: Settings): Promise<unknown> =>
  (await import('../worker/bundle.ts')).loadWorkflowBundle(bundleCacheOf(settings));

const dockerEngine = (settings: Settings): Promise<DockerOptions> =>
  ensureDocker({
    logDir: path.join(settings.dataDir, 'docker'),
    ...defined({ dockerHost: settings.dockerHost }),
  });

function phases(logger: Logger) {
  return async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await work();
    logger.debug({ ms: Math.round(performance.now() - begun) }, `started: ${name}`);
    return result;
  };
}
