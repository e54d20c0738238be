/** kill -9 while a service changes: running tasks keep their containers, nothing is duplicated, the deployment completes. */
import { DeleteServiceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tellFailure } from './support/describe-longshore.ts';
import { expectSoundCapacity, withLongshore } from './support/lifetime.ts';
import {
  containerIds,
  createService,
  describeService,
  liveServices,
  registerWeb,
  stable,
  tasksOf,
} from './support/services.ts';
import { PATIENCE } from './support/web.ts';

const running = withLongshore();

/** Running containers of Longshore's tasks, as the engine sees them. */
async function enginesContainers(): Promise<string[]> {
  const filters = { label: ['longshore.role=container'] };
  return (await running().engine.docker.listContainers({ filters })).map(({ Id }) => Id).sort();
}

/** The engine runs exactly the containers of these tasks. */
const expectNoOthers = (ids: readonly string[]): Promise<void> =>
  vi.waitFor(async () => expect(await enginesContainers()).toEqual(ids), PATIENCE);

const startedAt = async (ids: readonly string[]): Promise<string[]> =>
  Promise.all(ids.map(async (id) => (await running().engine.docker.getContainer(id).inspect()).State.StartedAt));

/** What a failed test leaves behind must not reach the next test. */
afterEach(async ({ task }) => {
  await tellFailure(task);
  for (const { serviceName } of await liveServices(running())) {
    await running().ecs.send(new DeleteServiceCommand({ service: serviceName!, force: true }));
  }
  await expectNoOthers([]);
});

describe.each(['main', 'all'] as const)('kill -9 (%s) in the middle of a rolling update', (what) => {
  it('keeps the running new tasks, and the deployment completes', async () => {
    const name = `web-${what}-${Date.now()}`;
    // A health check, because a task without one counts as healthy only after 40 s.
    const healthCheck = { command: ['CMD', 'true'], interval: 5, timeout: 3 };
    const first = await registerWeb(running(), name, 'first', { healthCheck });
    const second = await registerWeb(running(), name, 'second', { healthCheck });
    // The deployment takes several rounds; the kill comes after the first.
    const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 125 };
    const input = { serviceName: name, taskDefinition: first, desiredCount: 4, deploymentConfiguration };
    await createService(running(), input);
    await stable(running(), name, 4, first);
    await running().ecs.send(new UpdateServiceCommand({ service: name, taskDefinition: second }));
    const early = await vi.waitFor(
      async () => {
        const tasks = await tasksOf(running(), name);
        const fresh = tasks.filter((t) => t.taskDefinitionArn?.endsWith(second) && t.lastStatus === 'RUNNING');
        expect(fresh.length).toBeGreaterThan(0);
        return fresh;
      },
      { timeout: 60_000, interval: 20 },
    );
    const ids = containerIds(early);
    const starts = await startedAt(ids);
    await running().kill(what);
    await running().start();
    const tasks = await stable(running(), name, 4, second);
    expect(containerIds(tasks)).toEqual(expect.arrayContaining(ids));
    expect(await startedAt(ids)).toEqual(starts);
    await expectNoOthers(containerIds(tasks));
    await expectSoundCapacity(running());
    await running().ecs.send(new DeleteServiceCommand({ service: name, force: true }));
    await expectNoOthers([]);
  });
});

/** A small random generator with a seed, so that a failure's moments can be repeated. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

it('kill -9 at random moments during changes loses and duplicates nothing', async () => {
  const random = randomFrom(20_261_121);
  const name = 'shaken';
  const revisions = [await registerWeb(running(), name, 'one'), await registerWeb(running(), name, 'two')];
  let count = 2;
  let revision = revisions[0]!;
  const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 200 };
  const input = { serviceName: name, taskDefinition: revision, desiredCount: count, deploymentConfiguration };
  await createService(running(), input);
  for (let round = 0; round < 6; round += 1) {
    const moment = Math.round(random() * 1_500);
    await sleep(moment);
    await running().kill(random() < 0.5 ? 'all' : 'main');
    await running().start();
    const tasks = await stable(running(), name, count, revision);
    await expectNoOthers(containerIds(tasks));
    await expectSoundCapacity(running());
    if (random() < 0.5) revision = revisions[(round + 1) % 2]!;
    count = 1 + Math.floor(random() * 4);
    const update = { service: name, taskDefinition: revision, desiredCount: count };
    await running().ecs.send(new UpdateServiceCommand(update));
  }
  await stable(running(), name, count, revision);
  await running().ecs.send(new DeleteServiceCommand({ service: name, force: true }));
  await vi.waitFor(async () => expect((await describeService(running(), name)).status).toBe('INACTIVE'), PATIENCE);
  await expectNoOthers([]);
});
