/** The all-in-one process survives what people and machines do to it: Ctrl-C, kill -9 of any of its processes, a second start. */
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateServiceCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomes } from '../../tools/process.ts';
import { TEST_IMAGE } from '../support/images.ts';
import { type Longshore, startLongshore } from '../support/longshore.ts';

const COUNT = 3;
/** A time limit for a busy machine: only a fault reaches it. */
const PATIENCE_MS = 90_000;
let longshore: Longshore;

beforeAll(async () => {
  longshore = await startLongshore();
});
afterAll(async () => {
  const unsound = await longshore.withStore((store) => store.checkCapacityInvariant());
  await longshore.destroy();
  expect(unsound).toEqual([]);
});

async function runningTasks(): Promise<string[]> {
  const { taskArns = [] } = await longshore.ecs.send(new ListTasksCommand({ serviceName: 'web' }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await longshore.ecs.send(new DescribeTasksCommand({ tasks: taskArns }));
  return tasks
    .filter((task) => task.lastStatus === 'RUNNING')
    .map((task) => task.taskArn!)
    .sort();
}

const containers = async (): Promise<string[]> =>
  (await longshore.engine.docker.listContainers({ filters: { ancestor: [TEST_IMAGE] } })).map(({ Id }) => Id).sort();

/** Waits until the service has its tasks, and retries calls that fail while servers return. */
const settled = (): Promise<boolean> =>
  becomes(
    () =>
      runningTasks().then(
        (tasks) => tasks.length === COUNT,
        () => false,
      ),
    PATIENCE_MS,
    200,
  );

/** The tasks come first: the old state may look settled, too. */
const replaced = (before: readonly string[]): Promise<boolean> =>
  becomes(async () => (await runningTasks()).join() !== before.join() && (await settled()), PATIENCE_MS, 200);

/** Changes something again and again, until it is told to stop. `answered`: the ids of the requests that got an answer. */
function keepChanging(): { readonly answered: readonly string[]; stop(): void } {
  const answered: string[] = [];
  let isOver = false;
  const resourceArn = 'arn:aws:ecs:us-east-1:123456789012:cluster/default';
  const change = async (key: string): Promise<void> => {
    for (let turn = 0; !isOver; turn++) {
      const call = new TagResourceCommand({ resourceArn, tags: [{ key, value: String(turn) }] });
      // Whatever is not answered may or may not have happened.
      const answer = await longshore.ecs.send(call).catch(() => undefined);
      if (answer !== undefined) answered.push(answer.$metadata.requestId!);
    }
  };
  for (const key of ['a', 'b', 'c', 'd']) void change(key);
  return { answered, stop: () => (isOver = true) };
}

const missingInAudit = (requestIds: readonly string[]): Promise<readonly string[]> =>
  longshore.withStore(async (store) => {
    const found = await Promise.all(requestIds.map((requestId) => store.listAudit({ requestId }, { limit: 1 })));
    return requestIds.filter((_, i) => found[i]?.items.length !== 1);
  });

describe('a running service', () => {
  beforeAll(async () => {
    await longshore.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        networkMode: 'bridge',
        containerDefinitions: [{ name: 'web', image: TEST_IMAGE, memory: 16, command: ['sleep', '3600'] }],
      }),
    );
    await longshore.ecs.send(
      new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: COUNT }),
    );
    expect(await settled()).toBe(true);
  });

  it('keeps its containers across Ctrl-C and the next start', async () => {
    const before = { tasks: await runningTasks(), containers: await containers() };
    await longshore.stop();
    expect(await containers()).toEqual(before.containers);
    await longshore.start();
    expect(await settled()).toBe(true);
    expect({ tasks: await runningTasks(), containers: await containers() }).toEqual(before);
  });

  it.each(['main', 'all'] as const)('keeps its containers across kill -9 (%s) and the next start', async (what) => {
    const before = { tasks: await runningTasks(), containers: await containers() };
    const changes = keepChanging();
    expect(await becomes(() => changes.answered.length >= 20, PATIENCE_MS)).toBe(true);
    await longshore.kill(what);
    changes.stop();
    await longshore.start();
    expect(await settled()).toBe(true);
    expect({ tasks: await runningTasks(), containers: await containers() }).toEqual(before);
    expect(await missingInAudit(changes.answered)).toEqual([]);
  });

  it.each(['temporal', 'postgres'] as const)('keeps its containers while %s is killed and restarted', async (what) => {
    const before = { tasks: await runningTasks(), containers: await containers() };
    await longshore.kill(what);
    expect(await settled()).toBe(true);
    expect({ tasks: await runningTasks(), containers: await containers() }).toEqual(before);
    // Changes work again, too.
    await longshore.engine.docker.getContainer(before.containers[0]!).kill();
    expect(await replaced(before.tasks)).toBe(true);
    expect((await containers()).length).toBe(COUNT);
  });

  it('continues with the same containers after the loss of Temporal’s data', async () => {
    const before = { tasks: await runningTasks(), containers: await containers() };
    await longshore.kill('all');
    await rm(join(longshore.dataDir, 'temporal'), { recursive: true });
    await longshore.start();
    expect(await settled()).toBe(true);
    expect({ tasks: await runningTasks(), containers: await containers() }).toEqual(before);
    // The service has its workflow again, and accepts changes.
    await longshore.engine.docker.getContainer(before.containers[0]!).kill();
    expect(await replaced(before.tasks)).toBe(true);
    await longshore.ecs.send(new UpdateServiceCommand({ service: 'web', forceNewDeployment: true }));
  });

  it('refuses a second start on the same data folder with one clear message', () => {
    const entry = fileURLToPath(new URL('../../cli/longshore.mjs', import.meta.url));
    const env = { ...process.env, LONGSHORE_DATA: longshore.dataDir, LONGSHORE_PORT: '1' };
    const second = spawnSync(process.execPath, [entry, 'start'], { env, encoding: 'utf8' });
    expect(second.status).toBe(1);
    expect(second.stderr).toMatch(/Longshore is already running on .* \(pid \d+\)/);
    expect(second.stderr).not.toMatch(/\n\s+at /);
  });
});
