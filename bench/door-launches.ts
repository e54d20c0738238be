/** Large launches through the agent door, beside the same straight through Temporal: in turns, on one control plane. */
import { cpuRow, cpuTimes, secondsOf } from './cpu.ts';
import { DOOR_CLUSTER, type DoorSite } from './door-site.ts';
import { awaitCounts, CLUSTER, createService, endServices } from './fleet-site.ts';
import { type BenchRow, median, timesReference } from './row.ts';
import type { SimulatedFleet } from './simulated-fleet.ts';
import { inTurns } from './turns.ts';

const TIMES_DIRECT = 1.2;

interface Sides {
  readonly door: DoorSite;
  /** In `CLUSTER`, beside Temporal. */
  readonly direct: SimulatedFleet;
}

interface Sizes {
  readonly tasks: number;
  readonly instances: number;
  readonly rounds: number;
}

export async function launchRows({ door: site, direct }: Sides, sizes: Sizes): Promise<readonly BenchRow[]> {
  const { tasks, instances, rounds } = sizes;
  const { ecs, pid } = site.longshore;
  const cpu = () => cpuTimes({ dataDir: site.longshoreDir, longshore: pid, instances: [site.fleet.pid, direct.pid] });
  const launch = async (cluster: string, service: string): Promise<number> => {
    const begun = performance.now();
    await createService(ecs, service, tasks, cluster);
    await awaitCounts(ecs, { service, cluster }, ({ running }) => running === tasks);
    return performance.now() - begun;
  };
  const times = { door: [] as number[], direct: [] as number[] };
  const spent: BenchRow[] = [];
  await inTurns(rounds, async (side, round) => {
    const cluster = side === 'door' ? DOOR_CLUSTER : CLUSTER;
    const service = `${side}-${round}`;
    const [before, doorBefore] = [cpu(), secondsOf(site.door.pid)];
    const ms = await launch(cluster, service);
    times[side].push(ms);
    const row = cpuRow(before, cpu());
    const ofDoor = secondsOf(site.door.pid) - doorBefore;
    const name = `  ${side}, round ${round + 1}, ${Math.round(ms)} ms: CPU of the door ${ofDoor.toFixed(1)} s, Longshore's`;
    spent.push({ ...row, name });
    await endServices(ecs, [service], cluster);
  });
  const reference = { name: 'ms straight through Temporal', value: median(times.direct) };
  const name = `service of ${tasks} on ${instances} simulated instances through the agent door`;
  return [timesReference({ name, value: median(times.door), unit: 'ms', reference }, TIMES_DIRECT), ...spent];
}
