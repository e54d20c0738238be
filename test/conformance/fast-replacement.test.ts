/** The shortest time after which an instance is given up that keeps its promise: a host dies on a busy machine, and only that one is given up. */
import { spawn } from 'node:child_process';
import { ListContainerInstancesCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type DockerEngine, startDockerEngines } from '../../fixtures/docker-engines.ts';
import { type AgentProcess, type Longshore, startLongshore } from '../support/longshore.ts';
import { expectSoundCapacity } from './support/lifetime.ts';
import { createService, registerWeb, stable } from './support/services.ts';
import { PATIENCE } from './support/web.ts';

const NAME = 'quick';
const TASKS = 4;
/** One core is busy for as long as this, unless the test ends sooner. */
const BUSY_MS = 90_000;
const BUSY = `const end = Date.now() + ${BUSY_MS}; while (Date.now() < end);`;

let engines: DockerEngine[];
let longshore: Longshore;
let agent: AgentProcess;
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  engines = await startDockerEngines(2);
  undo.push(() => Promise.all(engines.map((engine) => engine.destroy())));
  longshore = await startLongshore({ engine: engines[0]!, env: { LONGSHORE_INSTANCE_LOST_AFTER: '10s' } });
  undo.push(
    () => longshore.destroy(),
    () => expectSoundCapacity(longshore),
  );
  agent = await longshore.startAgent({ engine: engines[1]!, zone: 'us-east-1b' });
});
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

const instances = async (): Promise<string[]> => {
  const { containerInstanceArns = [] } = await longshore.ecs.send(new ListContainerInstancesCommand({}));
  return containerInstanceArns.map((arn) => arn.split('/').at(-1)!);
};

/** Why the instance was decided about, oldest first. */
const reasons = (containerInstanceId: string): Promise<string[]> =>
  longshore.withStore(async (store) => {
    const decisions = await store.listDecisions({ clusterName: 'default', containerInstanceId }, 100);
    return decisions.flatMap((decision) => decision.reasons.map(({ reason }) => reason));
  });

it('a lost host’s tasks run elsewhere, and no other instance is given up while a core is busy', async () => {
  await createService(longshore, {
    serviceName: NAME,
    taskDefinition: await registerWeb(longshore, NAME, 'here'),
    desiredCount: TASKS,
    placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
  });
  const before = await stable(longshore, NAME, TASKS);
  const lost = before.filter((task) => task.availabilityZone === 'us-east-1b');
  expect(lost).toHaveLength(TASKS / 2);

  const busy = spawn(process.execPath, ['-e', BUSY], { stdio: 'ignore' });
  try {
    await agent.kill();
    await engines[1]!.kill();
    await vi.waitFor(async () => {
      const tasks = await stable(longshore, NAME, TASKS);
      expect(tasks.map((task) => task.availabilityZone)).toEqual(Array(TASKS).fill('us-east-1a'));
    }, PATIENCE);
  } finally {
    busy.kill('SIGKILL');
  }

  const gone = lost[0]!.containerInstanceArn!.split('/').at(-1)!;
  const others = (await instances()).filter((id) => id !== gone);
  expect(others).toHaveLength(1);
  expect(await reasons(gone)).toContain('givenUp');
  expect(await reasons(others[0]!)).not.toContain('givenUp');
});
