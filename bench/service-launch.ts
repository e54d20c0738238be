/** A service of forty tasks: from the call to the last task RUNNING, compared with the bare engine and Docker Swarm. */
import type Docker from 'dockerode';
import { EcsService, registerTaskDefinition } from './ecs-service.ts';
import { createAndStart, launchMany, removeAll } from './plain-docker.ts';
import { type BenchRow, compared, median, timesReference } from './row.ts';
import type { Stage } from './stage.ts';
import { SwarmService } from './swarm-service.ts';

const COUNT = 40;
const CONCURRENCIES = [2, 4, 8];
const ROUNDS = 3;

export async function benchServiceLaunch(stage: Stage): Promise<readonly BenchRow[]> {
  const [{ client }, { ecs }, swarm] = [await stage.engine(), await stage.longshore(), await stage.swarm()];
  await registerTaskDefinition(ecs);
  for (const docker of [client, swarm.client]) {
    await createAndStart(docker);
    await removeAll(docker);
  }
  const plain = CONCURRENCIES.map((concurrency) => ({ concurrency, times: [] as number[] }));
  const [ours, swarms]: [number[], number[]] = [[], []];
  // They take turns, so that other work on the machine affects all alike.
  for (let round = 0; round < stage.size(ROUNDS, 1); round++) {
    for (const { concurrency, times } of plain) {
      times.push(await launchMany(client, COUNT, concurrency));
      await removeAll(client);
    }
    ours.push(await launchService(new EcsService(ecs, `bench-launch-${round}`)));
    await removeAll(client);
    swarms.push(await launchOnSwarm(swarm.client, `bench-launch-${round}`));
  }
  const [best] = plain.toSorted((a, b) => median(a.times) - median(b.times));
  const row = { name: `service of ${COUNT}, create to all RUNNING`, value: median(ours), unit: 'ms' };
  const plainly = { name: `ms create+start, ${best?.concurrency ?? 0} at a time`, value: median(best?.times ?? []) };
  return [
    timesReference({ ...row, reference: plainly }, 1.25),
    // The engine limits both.
    compared({ ...row, reference: { name: 'ms Docker Swarm', value: median(swarms) } }),
  ];
}

async function launchService(service: EcsService): Promise<number> {
  const begun = performance.now();
  await service.create(COUNT);
  await service.awaitRunningCount(COUNT);
  const elapsed = performance.now() - begun;
  await service.delete();
  return elapsed;
}

async function launchOnSwarm(docker: Docker, name: string): Promise<number> {
  const service = new SwarmService(docker, name);
  const begun = performance.now();
  await service.create(COUNT);
  await service.awaitRunningCount(COUNT);
  const elapsed = performance.now() - begun;
  await service.remove();
  await removeAll(docker);
  return elapsed;
}
