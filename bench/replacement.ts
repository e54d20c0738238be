/** Kills a container and measures how long it takes until another task runs in its place. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EcsService, registerTaskDefinition } from './ecs-service.ts';
import { createAndStart, removeAll } from './plain-docker.ts';
import { type BenchRow, median, timesFaster, timesReference } from './row.ts';
import type { BenchEngine, Stage } from './stage.ts';
import { SwarmService } from './swarm-service.ts';

const COUNT = 3;
const KILLS = 10;
/** The pause between kills, so that one replacement does not affect the next. */
const PAUSE_MS = 500;

export async function benchReplacement(stage: Stage): Promise<readonly BenchRow[]> {
  const engine = await stage.engine();
  const { ecs } = await stage.longshore();
  await registerTaskDefinition(ecs);
  await createAndStart(engine.client);
  const ours = await replaceInService(engine, new EcsService(ecs, 'bench-replacement'));
  const plain = await startOneByOne(engine);
  const row = { name: 'container killed to replacement RUNNING, median', value: median(ours), unit: 'ms' };
  const swarm = median(await replaceInSwarm(await stage.swarm()));
  return [
    timesReference({ ...row, reference: { name: 'ms one create+start', value: median(plain) } }, 3),
    timesFaster({ ...row, reference: { name: 'ms Docker Swarm', value: swarm } }, 5),
    { name: 'the slowest of those', value: Math.max(...ours), unit: 'ms' },
  ];
}

async function replaceInService({ client }: BenchEngine, service: EcsService): Promise<readonly number[]> {
  await service.create(COUNT);
  await service.awaitRunningCount(COUNT);
  const times: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(PAUSE_MS);
    const tasks = await service.tasks();
    const victim = tasks[0]?.containers?.[0]?.runtimeId ?? '';
    const begun = performance.now();
    const [replaced] = await Promise.all([
      service.awaitReplacement(new Set(tasks.map((task) => task.taskArn ?? ''))).then(() => performance.now()),
      client.getContainer(victim).kill(),
    ]);
    times.push(replaced - begun);
    await service.awaitRunningCount(COUNT);
  }
  await service.delete();
  await removeAll(client);
  return times;
}

async function startOneByOne({ client }: BenchEngine): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < KILLS; i++) {
    await sleep(PAUSE_MS);
    const begun = performance.now();
    await createAndStart(client);
    times.push(performance.now() - begun);
  }
  await removeAll(client);
  return times;
}

/** With Swarm's own restart policy, which waits for five seconds before it starts a task again. */
async function replaceInSwarm({ client }: BenchEngine): Promise<readonly number[]> {
  const service = new SwarmService(client, 'bench-replacement');
  await service.create(COUNT);
  const times: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const tasks = await service.awaitRunning((running) => running.length === COUNT);
    const known = new Set(tasks.map((task) => task.ID));
    const [victim] = tasks;
    if (victim === undefined) break;
    const begun = performance.now();
    await service.kill(victim);
    await service.awaitRunning((running) => running.some((task) => !known.has(task.ID)));
    times.push(performance.now() - begun);
  }
  await service.remove();
  await removeAll(client);
  return times;
}
