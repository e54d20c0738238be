/** What the loss of an instance, and of the control plane itself, costs with a large fleet. */
import { startLongshore } from './longshore.ts';
import { awaitCounts, createService, endServices, LOST_CLUSTER, type Site } from './fleet-site.ts';
import { atMost, type BenchRow } from './row.ts';
import { type SimulatedFleet, startSimulatedFleet } from './simulated-fleet.ts';
import type { Stage } from './stage.ts';

const REACH_MS = 10_000;
/** The embedded Temporal would be busy with a thousand instances that heartbeat every 12 s. */
export const FLEET_SETTINGS = { LONGSHORE_HEARTBEAT_TIMEOUT: '60s', LONGSHORE_INSTANCE_LOST_AFTER: '5s' };

/** Measures from the moment when the tasks count as lost, which the API knows, until as many run again elsewhere. */
export async function instanceLost(site: Site, stage: Stage): Promise<readonly BenchRow[]> {
  const { ecs, temporal } = site.longshore;
  const { lostTasks } = site.sizes;
  const start = (count: number, folder: string): Promise<SimulatedFleet> => {
    const dataDir = stage.folder(folder);
    return startSimulatedFleet({ through: { temporal, clusterName: LOST_CLUSTER }, count, startMs: 1_000, dataDir });
  };
  const victim = await start(1, 'lost-instance');
  const service = 'lost';
  const where = { service, cluster: LOST_CLUSTER };
  await createService(ecs, service, lostTasks, LOST_CLUSTER);
  await awaitCounts(ecs, where, ({ running }) => running === lostTasks);
  const others = await start(4, 'other-instances');
  await victim.kill();
  await awaitCounts(ecs, where, ({ running }) => running < lostTasks);
  const begun = performance.now();
  await awaitCounts(ecs, where, ({ running }) => running === lostTasks);
  const ms = performance.now() - begun;
  await endServices(ecs, [service], LOST_CLUSTER);
  await others.kill();
  const name = `an instance of ${lostTasks} tasks lost: from declared lost to all replaced (each starts in 1 s)`;
  return [atMost({ name, value: ms, unit: 'ms' }, REACH_MS)];
}

/** The whole control plane's process is killed in the middle of a large launch, as soon as its first tasks run. */
export async function controlPlaneKilled(site: Site, stage: Stage): Promise<readonly BenchRow[]> {
  const { tasks } = site.sizes;
  const service = 'survivor';
  await createService(site.longshore.ecs, service, tasks);
  const seen = await awaitCounts(site.longshore.ecs, { service }, ({ running }) => running > 0);
  const { ports } = site.longshore;
  await site.longshore.kill();
  const begun = performance.now();
  const { dataDir, dockerHost } = site;
  site.longshore = await startLongshore({ dataDir, dockerHost, ...stage.options, settings: FLEET_SETTINGS, ports });
  const ready = performance.now();
  const { ecs } = site.longshore;
  const more = await awaitCounts(ecs, { service }, ({ running }) => running > seen.running || seen.running === tasks);
  const resumed = performance.now();
  await awaitCounts(ecs, { service }, ({ running }) => running === tasks);
  const all = performance.now();
  await endServices(ecs, [service]);
  const name = `kill -9 of the control plane with ${seen.running} of ${tasks} RUNNING: from its restart to ${more.running}`;
  return [
    atMost({ name, value: resumed - begun, unit: 'ms' }, REACH_MS),
    { name: '  of which the start took', value: ready - begun, unit: 'ms' },
    { name: '  to all RUNNING', value: all - begun, unit: 'ms' },
  ];
}
