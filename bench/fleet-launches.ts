/**
 * Large launches on a thousand simulated instances, compared with as many bare activities on the same Temporal server.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeServicesCommand, type ECSClient } from '@aws-sdk/client-ecs';
import { serviceWorkflowId } from '../model/workflow-ids.ts';
import { timeBareActivities } from './bare-activities.ts';
import { cpuRow, type CpuTimes, cpuTimes } from './cpu.ts';
import { awaitCounts, CLUSTER, createService, endServices, PATIENCE_MS, type Site } from './fleet-site.ts';
import { historyCost, SIGNAL_SPAN_MS } from './histories.ts';
import { atMost, type BenchRow, median, timesReference } from './row.ts';

const CREATES_AT_ONCE = 8;
const DESCRIBED_AT_ONCE = 10;
/** For two hundred services, because polling them also costs the control plane CPU. */
const POLL_MANY_MS = 1_000;
/** A launch may take this many times as long as one bare activity. */
const LARGE_TIMES_BARE = 2;
const SMALL_TIMES_BARE = 1.45;
/** A fifth of Temporal's limit for one run. */
const EVENTS_REACH = 10_000;
/** The sustained rate that Temporal recommends for one workflow. */
const SIGNALS_REACH = 5;

type Reference = NonNullable<BenchRow['reference']>;

const figure = (name: string, value: number, unit = 'ms'): BenchRow => ({ name, value, unit });

/** Launches one service that fills every instance. */
export async function oneLarge(site: Site): Promise<readonly BenchRow[]> {
  const { ecs, temporal } = site.longshore;
  const { tasks, instances } = site.sizes;
  const service = 'large';
  const reference = await bare(site, 1, instances);
  const before = cpu(site);
  const begun = performance.now();
  await createService(ecs, service, tasks);
  await awaitCounts(ecs, { service }, ({ running }) => running === tasks);
  const ms = performance.now() - begun;
  const after = cpu(site);
  const cost = await historyCost(temporal, serviceWorkflowId(CLUSTER, service));
  await endServices(ecs, [service]);
  const thousands = tasks / 1_000;
  const name = `service of ${tasks} on ${instances} simulated instances, create to all RUNNING`;
  return [
    timesReference({ ...figure(name, ms), reference }, LARGE_TIMES_BARE),
    cpuRow(before, after),
    figure('  history a thousand launched tasks', cost.events / thousands, 'events'),
    figure('  the same', cost.bytes / thousands / 1024, 'KB'),
    figure('  begun anew with the whole history', cost.coldTasks, 'workflow tasks'),
    atMost(figure(`  its longest run (of ${cost.runs})`, cost.longestRun, 'events'), EVENTS_REACH),
    atMost(
      figure(`  signals in its busiest ${SIGNAL_SPAN_MS / 1_000} seconds`, cost.signalRate, 'a second'),
      SIGNALS_REACH,
    ),
  ];
}

/** Launches many services at once, each with its own workflow. */
export async function manySmall(site: Site): Promise<readonly BenchRow[]> {
  const { services, tasksEach } = site.sizes;
  const reference = await bare(site, services, tasksEach);
  const names = Array.from({ length: services }, (_, i) => `small-${i}`);
  const before = cpu(site);
  const { ms, times } = await launchAll(site, names);
  const after = cpu(site);
  await endServices(site.longshore.ecs, names);
  const typical = { name: 'ms, their median', value: median(times) };
  const name = `${services} services of ${tasksEach} on the same, create to all RUNNING`;
  return [
    timesReference({ ...figure(name, ms), reference }, SMALL_TIMES_BARE),
    cpuRow(before, after),
    timesReference({ ...figure('  the slowest of them', Math.max(...times)), reference: typical }, 3),
  ];
}

/** Milliseconds until all tasks run, and for each service from its creation. */
async function launchAll(
  { longshore: { ecs }, sizes: { tasksEach } }: Site,
  names: readonly string[],
): Promise<{ readonly ms: number; readonly times: readonly number[] }> {
  const created = new Map<string, number>();
  const ready = new Map<string, number>();
  const begun = performance.now();
  const queue = names.values();
  const lane = async (): Promise<void> => {
    for (const name of queue) {
      created.set(name, performance.now());
      await createService(ecs, name, tasksEach);
    }
  };
  let failure: unknown;
  void Promise.all(Array.from({ length: CREATES_AT_ONCE }, lane)).catch((error: unknown) => (failure = error));
  while (ready.size < names.length) {
    if (failure !== undefined) throw failure as Error;
    if (performance.now() - begun > PATIENCE_MS) throw new Error(`only ${ready.size} services were ready in time`);
    await sleep(POLL_MANY_MS);
    const open = [...created.keys()].filter((name) => !ready.has(name));
    for (const name of await fullyRunning(ecs, open, tasksEach)) ready.set(name, performance.now());
  }
  const ms = performance.now() - begun;
  return { ms, times: names.map((name) => (ready.get(name) ?? 0) - (created.get(name) ?? 0)) };
}

/** As many activities without a scheduler, on the same Temporal. */
async function bare({ longshore }: Site, workflows: number, activitiesEach: number): Promise<Reference> {
  const value = await timeBareActivities(longshore.temporal, { workflows, activitiesEach });
  return { name: `ms, ${workflows * activitiesEach} bare activities in ${workflows} workflows`, value };
}

const cpu = ({ dataDir, longshore, fleet }: Site): CpuTimes =>
  cpuTimes({ dataDir, longshore: longshore.pid, instances: [fleet.pid] });

async function fullyRunning(ecs: ECSClient, names: readonly string[], count: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (let i = 0; i < names.length; i += DESCRIBED_AT_ONCE) {
    const services = names.slice(i, i + DESCRIBED_AT_ONCE);
    const answer = await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services }));
    for (const { serviceName = '', runningCount } of answer.services ?? []) {
      if (runningCount === count) found.push(serviceName);
    }
  }
  return found;
}
