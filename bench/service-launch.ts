/** A service of forty: from the call to the last task RUNNING, beside the bare engine's time and Docker Swarm's. */
import { EcsService, registerTaskDefinition } from './ecs-service.ts';
import { createAndStart, launchMany, removeAll } from './plain-docker.ts';
import { type BenchRow, median, timesFaster, timesReference } from './row.ts';
import type { Stage } from './stage.ts';
import { SwarmService } from './swarm-service.ts';

const COUNT = 40;
const CONCURRENCIES = [2, 4, 8];
const ROUNDS = 3;

export async function benchServiceLaunch(stage: Stage): Promise<readonly BenchRow[]> {
  const [plain, ours] = [new Map<number, number[]>(), [] as number[]];
  const [{ client }, { ecs }] = [await stage.engine(), await stage.longshore()];
  await registerTaskDefinition(ecs);
  await createAndStart(client);
  await removeAll(client);
  // Turn by turn, so that what else the machine does meets both alike.
  for (let round = 0; round < ROUNDS; round++) {
    for (const concurrency of CONCURRENCIES) {
      const times = plain.get(concurrency) ?? [];
      plain.set(concurrency, [...times, await launchMany(client, COUNT, concurrency)]);
      await removeAll(client);
    }
    ours.push(await launchService(new EcsService(ecs, `bench-launch-${round}`)));
    await removeAll(client);
  }
  const [best] = [...plain]
    .map(([concurrency, times]) => ({ concurrency, ms: median(times) }))
    .sort((a, b) => a.ms - b.ms);
  const row = { name: `service of ${COUNT}, create to all RUNNING`, value: median(ours), unit: 'ms' };
  const plainly = { name: `ms create+start, ${best?.concurrency ?? 0} at a time`, value: best?.ms ?? Number.NaN };
  return [
    timesReference({ ...row, reference: plainly }, 1.25),
    timesFaster({ ...row, reference: { name: 'ms Docker Swarm', value: await launchOnSwarm(stage) } }, 2),
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

async function launchOnSwarm(stage: Stage): Promise<number> {
  const { client } = await stage.swarm();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const service = new SwarmService(client, `bench-launch-${round}`);
    const begun = performance.now();
    await service.create(COUNT);
    await service.awaitRunning((running) => running.length === COUNT);
    times.push(performance.now() - begun);
    await service.remove();
    await removeAll(client);
  }
  return median(times);
}
