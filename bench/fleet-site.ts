/** What all rows of the fleet share: a Longshore, its simulated instances, and the calls that every row makes. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  type ECSClient,
} from '@aws-sdk/client-ecs';
import { FAMILY } from './ecs-service.ts';
import type { Longshore } from './longshore.ts';
import type { SimulatedFleet } from './simulated-fleet.ts';

export const CLUSTER = 'bench-fleet';
export const LOST_CLUSTER = 'bench-lost';
export const PATIENCE_MS = 400_000;
const POLL_MS = 100;

export interface FleetSizes {
  readonly instances: number;
  /** The number of tasks of the one large service. */
  readonly tasks: number;
  readonly services: number;
  readonly tasksEach: number;
  readonly lostTasks: number;
}

/** A Longshore and its instances, and the parts that a row may end and start again. */
export interface Site {
  readonly dataDir: string;
  readonly dockerHost: string;
  readonly sizes: FleetSizes;
  longshore: Longshore;
  fleet: SimulatedFleet;
}

export interface Counts {
  readonly running: number;
  readonly pending: number;
}

export async function createService(
  ecs: ECSClient,
  serviceName: string,
  desiredCount: number,
  cluster = CLUSTER,
): Promise<void> {
  await ecs.send(new CreateServiceCommand({ cluster, serviceName, taskDefinition: FAMILY, desiredCount }));
}

/** Waits until the service has the wanted counts, and returns them. */
export async function awaitCounts(
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
    if (performance.now() > deadline) throw new Error(`${service} took too long: ${runningCount} RUNNING`);
    await sleep(POLL_MS);
  }
}

/** Deletes the services and waits until their last task has stopped, so that the next row has the machine to itself. */
export async function endServices(ecs: ECSClient, names: readonly string[], cluster = CLUSTER): Promise<void> {
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
