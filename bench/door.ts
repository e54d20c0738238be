/** The agent door with a thousand simulated instances: idle, and in the middle of a large launch. */
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { say } from '../tools/progress.ts';
import { idleReach, idleRows } from './door-idle.ts';
import { launchRows } from './door-launches.ts';
import { startDoorSite } from './door-site.ts';
import { FLEET_SETTINGS } from './fleet-losses.ts';
import { CLUSTER } from './fleet-site.ts';
import { type BenchRow, tableOf } from './row.ts';
import { startSimulatedFleet } from './simulated-fleet.ts';
import type { Stage } from './stage.ts';

const FULL = { instances: 1_000, tasks: 5_000, rounds: 2 };
const SMALL = { instances: 20, tasks: 100, rounds: 2 };

export async function benchDoor(stage: Stage): Promise<readonly BenchRow[]> {
  return [...(await withFleetSettings(stage)), ...(await withDefaultHeartbeats(stage))];
}

/** Heartbeats are as rare as the other rows of the fleet have them. */
async function withFleetSettings(stage: Stage): Promise<readonly BenchRow[]> {
  const sizes = stage.size(FULL, SMALL);
  const { instances } = sizes;
  const site = await startDoorSite(stage, { name: 'door', instances, settings: FLEET_SETTINGS });
  const what = `${instances} simulated instances idle, heartbeat timeout 60 s`;
  const idle = shown(idleReach(await idleRows(stage, site, what)));
  const { ecs, temporal } = site.longshore;
  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
  say(`  registering ${instances} more, straight through Temporal`);
  const direct = await startSimulatedFleet({
    through: { temporal, clusterName: CLUSTER },
    count: instances,
    startMs: 0,
    dataDir: stage.folder('door-direct-instances'),
  });
  stage.onEnd(() => direct.kill());
  const launches = shown(await launchRows({ door: site, direct }, sizes));
  await direct.kill();
  await site.end();
  return [...idle, ...launches];
}

async function withDefaultHeartbeats(stage: Stage): Promise<readonly BenchRow[]> {
  const { instances } = stage.size(FULL, SMALL);
  const site = await startDoorSite(stage, { name: 'door-15s', instances, settings: {} });
  const rows = shown(await idleRows(stage, site, `${instances} simulated instances idle, heartbeat timeout 15 s`));
  await site.end();
  return rows;
}

function shown(rows: readonly BenchRow[]): readonly BenchRow[] {
  say(tableOf(rows));
  return rows;
}
