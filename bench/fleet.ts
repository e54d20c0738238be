/**
 * The control plane with a large fleet: thousands of tasks on a thousand simulated container instances, all of it
 * durable.
 */
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { say } from '../tools/progress.ts';
import { registerTaskDefinition } from './ecs-service.ts';
import { manySmall, oneLarge } from './fleet-launches.ts';
import { controlPlaneKilled, FLEET_SETTINGS, instanceLost } from './fleet-losses.ts';
import { CLUSTER, type FleetSizes, LOST_CLUSTER, type Site } from './fleet-site.ts';
import { type Longshore, startLongshore } from './longshore.ts';
import { type BenchRow, tableOf } from './row.ts';
import { type SimulatedFleet, startSimulatedFleet } from './simulated-fleet.ts';
import type { Stage } from './stage.ts';

const FULL: FleetSizes = { instances: 1_000, tasks: 5_000, services: 200, tasksEach: 50, lostTasks: 100 };
const SMALL: FleetSizes = { instances: 20, tasks: 100, services: 8, tasksEach: 5, lostTasks: 10 };

export async function benchFleet(stage: Stage): Promise<readonly BenchRow[]> {
  const site = await startSite(stage);
  const rows: BenchRow[] = [];
  for (const measure of [oneLarge, manySmall, instanceLost, controlPlaneKilled]) {
    const measured = await measure(site, stage);
    say(tableOf(measured));
    rows.push(...measured);
  }
  return rows;
}

async function startSite(stage: Stage): Promise<Site> {
  const sizes = stage.size(FULL, SMALL);
  const dataDir = stage.folder('fleet');
  const dockerHost = `unix://${(await stage.engine()).socketPath}`;
  const longshore = await startLongshore({ dataDir, dockerHost, settings: FLEET_SETTINGS, ...stage.options });
  const site: { longshore: Longshore; fleet?: SimulatedFleet } = { longshore };
  stage.onEnd(async () => {
    await site.fleet?.kill();
    await site.longshore.stop();
  });
  await registerTaskDefinition(longshore.ecs);
  for (const clusterName of [CLUSTER, LOST_CLUSTER])
    await longshore.ecs.send(new CreateClusterCommand({ clusterName }));
  say(`  registering ${sizes.instances} simulated instances`);
  const fleet = await startSimulatedFleet({
    through: { temporal: longshore.temporal, clusterName: CLUSTER },
    count: sizes.instances,
    startMs: 0,
    dataDir: stage.folder('fleet-instances'),
  });
  return Object.assign(site, { dataDir, dockerHost, sizes, fleet });
}
