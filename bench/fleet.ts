/** The control plane at size: thousands of tasks on a thousand simulated container instances, everything durable. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  type ECSClient,
} from '@aws-sdk/client-ecs';
import { serviceWorkflowId } from '../workflows/messages.ts';
import { say } from '../tools/progress.ts';
import { timeBareActivities } from './bare-activities.ts';
import { cpuRow, cpuTimes } from './cpu.ts';
import { FAMILY, registerTaskDefinition } from './ecs-service.ts';
import { historyCost } from './histories.ts';
import { type Longshore, startLongshore } from './longshore.ts';
import { atMost, type BenchRow, median, tableOf, timesReference } from './row.ts';
import { type SimulatedFleet, startSimulatedFleet } from './simulated-fleet.ts';
import type { Stage } from './stage.ts';

const CLUSTER = 'bench-fleet';
const LOST_CLUSTER = 'bench-lost';
const INSTANCES = 1_000;
const TASKS = 5_000;
const SERVICES = 200;
const TASKS_EACH = 50;
const LOST_TASKS = 100;
const CREATES_AT_ONCE = 8;
const DESCRIBED_AT_ONCE = 10;
const POLL_MS = 100;
/** Of two hundred services: to look at them costs the control plane CPU, too. */
const POLL_MANY_MS = 1_000;
/** As long as one bare activity for each launch takes: 25 s beside 4.4 s, and 80 s beside 37 s, on one machine. */
const LARGE_TIMES_BARE = 5.7;
const SMALL_TIMES_BARE = 2.2;
const PATIENCE_MS = 400_000;
/** A fifth of Temporal's limit for one run. */
const EVENTS_REACH = 10_000;
/** A thousand instances that heartbeat every 12 s would keep a good part of the embedded Temporal busy. */
const SETTINGS = { LONGSHORE_HEARTBEAT_TIMEOUT: '60s', LONGSHORE_INSTANCE_LOST_AFTER: '5s' };

type Reference = NonNullable<BenchRow['reference']>;

/** A Longshore and its instances, and the parts that a row may end and begin again. */
interface Site {
  readonly dataDir: string;
  readonly dockerHost: string;
  longshore: Longshore;
  fleet: SimulatedFleet;
}

export async function benchFleet(stage: Stage): Promise<readonly BenchRow[]> {
  const dataDir = stage.folder('fleet');
  const dockerHost = `unix://${(await stage.engine()).socketPath}`;
  const longshore = await startLongshore({ dataDir, dockerHost, settings: SETTINGS, ...stage.options });
  const site: { longshore: Longshore; fleet?: SimulatedFleet } = { longshore };
  stage.onEnd(async () => {
    await site.fleet?.kill();
    await site.longshore.stop();
  });
  await registerTaskDefinition(longshore.ecs);
  for (const clusterName of [CLUSTER, LOST_CLUSTER])
    await longshore.ecs.send(new CreateClusterCommand({ clusterName }));
  say(`  registering ${INSTANCES} simulated instances`);
  const fleet = await startSimulatedFleet({
    temporal: longshore.temporal,
    clusterName: CLUSTER,
    count: INSTANCES,
    startMs: 0,
    dataDir: stage.folder('fleet-instances'),
  });
  const whole: Site = Object.assign(site, { dataDir, dockerHost, fleet });
  const rows: BenchRow[] = [];
  for (const measure of [oneLarge, manySmall, lost, killed]) {
    const measured = await measure(whole, stage);
    say(tableOf(measured));
    rows.push(...measured);
  }
  return rows;
}

async function oneLarge(site: Site): Promise<readonly BenchRow[]> {
  const { ecs, temporal } = site.longshore;
  const service = 'large';
  const reference = await bare(site, 1, INSTANCES);
  const before = cpu(site);
  const begun = performance.now();
  await create(ecs, service, TASKS);
  await until(ecs, { service }, ({ running }) => running === TASKS);
  const ms = performance.now() - begun;
  const after = cpu(site);
  const cost = await historyCost(temporal, serviceWorkflowId(CLUSTER, service));
  await end(ecs, [service]);
  const thousands = TASKS / 1_000;
  const row = (name: string, value: number, unit: string): BenchRow => ({ name, value, unit });
  return [
    atMost(row(`service of ${TASKS} on ${INSTANCES} simulated instances, create to all RUNNING`, ms, 'ms'), 25_000),
    timesReference({ ...row('  beside one bare activity for each instance', ms, 'ms'), reference }, LARGE_TIMES_BARE),
    cpuRow(before, after),
    row('  history a thousand launched tasks', cost.events / thousands, 'events'),
    row('  the same', cost.bytes / thousands / 1024, 'KB'),
    atMost(row(`  its longest run (of ${cost.runs})`, cost.longestRun, 'events'), EVENTS_REACH),
    atMost(row('  signals in its busiest second', cost.peakSignals, 'signals'), 5),
  ];
}

async function manySmall(site: Site): Promise<readonly BenchRow[]> {
  const { ecs } = site.longshore;
  const reference = await bare(site, SERVICES, TASKS_EACH);
  const names = Array.from({ length: SERVICES }, (_, i) => `small-${i}`);
  const created = new Map<string, number>();
  const ready = new Map<string, number>();
  const before = cpu(site);
  const begun = performance.now();
  const queue = names.values();
  const lane = async (): Promise<void> => {
    for (const name of queue) {
      created.set(name, performance.now());
      await create(ecs, name, TASKS_EACH);
    }
  };
  let failure: unknown;
  void Promise.all(Array.from({ length: CREATES_AT_ONCE }, lane)).catch((error: unknown) => (failure = error));
  while (ready.size < SERVICES) {
    if (failure !== undefined) throw failure as Error;
    if (performance.now() - begun > PATIENCE_MS) throw new Error(`only ${ready.size} services got there in time`);
    await sleep(POLL_MANY_MS);
    const open = [...created.keys()].filter((name) => !ready.has(name));
    for (const name of await fullyRunning(ecs, open)) ready.set(name, performance.now());
  }
  const ms = performance.now() - begun;
  const after = cpu(site);
  const times = names.map((name) => (ready.get(name) ?? 0) - (created.get(name) ?? 0));
  await end(ecs, names);
  const row = (name: string, value: number, unit = 'ms'): BenchRow => ({ name, value, unit });
  const typical = { name: 'ms, their median', value: median(times) };
  return [
    atMost(row(`${SERVICES} services of ${TASKS_EACH} on the same, create to all RUNNING`, ms), 80_000),
    timesReference({ ...row('  beside one bare activity for each task', ms), reference }, SMALL_TIMES_BARE),
    cpuRow(before, after),
    timesReference({ ...row('  the slowest of them', Math.max(...times)), reference: typical }, 3),
  ];
}

/** The same number of orders without a scheduler, on the same Temporal. */
async function bare({ longshore }: Site, workflows: number, activitiesEach: number): Promise<Reference> {
  const value = await timeBareActivities(longshore.temporal, { workflows, activitiesEach });
  return { name: `ms, ${workflows * activitiesEach} bare activities in ${workflows} workflows`, value };
}

/** From the moment that its tasks count as lost, which is known to the API, until as many run again elsewhere. */
async function lost(site: Site, stage: Stage): Promise<readonly BenchRow[]> {
  const { ecs, temporal } = site.longshore;
  const start = (count: number, folder: string): Promise<SimulatedFleet> => {
    const dataDir = stage.folder(folder);
    return startSimulatedFleet({ temporal, clusterName: LOST_CLUSTER, count, startMs: 1_000, dataDir });
  };
  const victim = await start(1, 'lost-instance');
  const service = 'lost';
  const where = { service, cluster: LOST_CLUSTER };
  await create(ecs, service, LOST_TASKS, LOST_CLUSTER);
  await until(ecs, where, ({ running }) => running === LOST_TASKS);
  const others = await start(4, 'other-instances');
  await victim.kill();
  await until(ecs, where, ({ running }) => running < LOST_TASKS);
  const begun = performance.now();
  await until(ecs, where, ({ running }) => running === LOST_TASKS);
  const ms = performance.now() - begun;
  await end(ecs, [service], LOST_CLUSTER);
  await others.kill();
  const name = `an instance of ${LOST_TASKS} tasks lost: from declared lost to all replaced (each starts in 1 s)`;
  return [atMost({ name, value: ms, unit: 'ms' }, 10_000)];
}

/** The whole control plane's process dies in the middle of a large launch: as soon as its first tasks are placed. */
async function killed(site: Site, stage: Stage): Promise<readonly BenchRow[]> {
  const service = 'survivor';
  await create(site.longshore.ecs, service, TASKS);
  const seen = await until(site.longshore.ecs, { service }, ({ running, pending }) => running + pending > 0);
  const { ports } = site.longshore;
  await site.longshore.kill();
  const begun = performance.now();
  site.longshore = await startLongshore({ ...site, ...stage.options, settings: SETTINGS, ports });
  const ready = performance.now();
  const { ecs } = site.longshore;
  const more = await until(ecs, { service }, ({ running }) => running > seen.running);
  const resumed = performance.now();
  await until(ecs, { service }, ({ running }) => running === TASKS);
  const all = performance.now();
  await end(ecs, [service]);
  const name = `kill -9 of the control plane with ${seen.running} of ${TASKS} RUNNING: from its restart to ${more.running}`;
  return [
    atMost({ name, value: resumed - begun, unit: 'ms' }, 10_000),
    { name: '  of which it took to start', value: ready - begun, unit: 'ms' },
    { name: '  to all RUNNING', value: all - begun, unit: 'ms' },
  ];
}

const cpu = ({ dataDir, longshore, fleet }: Site) =>
  cpuTimes({ dataDir, longshore: longshore.pid, instances: [fleet.pid] });

async function create(ecs: ECSClient, serviceName: string, desiredCount: number, cluster = CLUSTER): Promise<void> {
  await ecs.send(new CreateServiceCommand({ cluster, serviceName, taskDefinition: FAMILY, desiredCount }));
}

interface Counts {
  readonly running: number;
  readonly pending: number;
}

/** Waits until the service's counts are as wanted; answers with them. */
async function until(
  ecs: ECSClient,
  { service, cluster = CLUSTER }: { readonly service: string; readonly cluster?: string },
  isWanted: (counts: Counts) => boolean,
): Promise<Counts> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    const { runningCount = 0, pendingCount = 0 } = services?.[0] ?? {};
    const counts = { running: runningCount, pending: pendingCount };
    if (isWanted(counts)) return counts;
    if (performance.now() > deadline) throw new Error(`${service} did not get there in time: ${runningCount} RUNNING`);
    await sleep(POLL_MS);
  }
}

async function fullyRunning(ecs: ECSClient, names: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (let i = 0; i < names.length; i += DESCRIBED_AT_ONCE) {
    const services = names.slice(i, i + DESCRIBED_AT_ONCE);
    const answer = await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services }));
    for (const { serviceName = '', runningCount } of answer.services ?? []) {
      if (runningCount === TASKS_EACH) found.push(serviceName);
    }
  }
  return found;
}

/** Deletes the services and waits until their last task has stopped: the next row has the machine for itself. */
async function end(ecs: ECSClient, names: readonly string[], cluster = CLUSTER): Promise<void> {
  for (const service of names) await ecs.send(new DeleteServiceCommand({ cluster, service, force: true }));
  const deadline = performance.now() + PATIENCE_MS;
  for (const service of names) {
    for (;;) {
      const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
      if (services?.[0]?.status === 'INACTIVE') break;
      if (performance.now() > deadline) throw new Error(`${service} did not end in time`);
      await sleep(POLL_MS);
    }
  }
}
