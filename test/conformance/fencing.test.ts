/** The fence: an agent that is stopped and one behind a cut cable, whose service tasks must have ended before they are replaced. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readGuard } from '../../agent/fence/files.mjs';
import { type DockerEngine, startDockerEngines } from '../../fixtures/docker-engines.ts';
import { type Cable, layCable } from '../support/cable.ts';
import { type AgentProcess, type Longshore, startLongshore } from '../support/longshore.ts';
import { expectSoundCapacity } from './support/lifetime.ts';
import { createService, registerWeb, stable, tasksOf } from './support/services.ts';
import { PATIENCE, webContainer } from './support/web.ts';

const SPREAD = [{ type: 'spread' as const, field: 'attribute:ecs.availability-zone' }];
const inZone = (zone: string) => [
  { type: 'memberOf' as const, expression: `attribute:ecs.availability-zone == ${zone}` },
];
/** Ends by SIGKILL only. */
const STUBBORN = ['sh', '-c', "trap '' TERM; while :; do sleep 1; done"];

let engines: DockerEngine[];
let longshore: Longshore;
let stopped: AgentProcess;
let cutOff: AgentProcess;
let cable: Cable;
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  engines = await startDockerEngines(3);
  undo.push(() => Promise.all(engines.map((engine) => engine.destroy())));
  longshore = await startLongshore({
    engine: engines[0]!,
    env: { LONGSHORE_INSTANCE_LOST_AFTER: '10s', LONGSHORE_FENCING: 'on' },
  });
  undo.push(
    () => longshore.destroy(),
    () => expectSoundCapacity(longshore),
  );
  cable = await layCable(longshore.doorPort);
  undo.push(() => cable.close());
  [stopped, cutOff] = await Promise.all([
    longshore.startAgent({ engine: engines[1]!, zone: 'us-east-1b' }),
    longshore.startAgent({ engine: engines[2]!, zone: 'us-east-1c', doorPort: cable.port }),
  ]);
  await connected(3);
});
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

/** Containers of the family that run on the engine. */
const running = async (engine: DockerEngine, family: string): Promise<string[]> => {
  const filters = { label: ['longshore.role=container', `com.amazonaws.ecs.task-definition-family=${family}`] };
  return (await engine.docker.listContainers({ filters })).map(({ Id }) => Id);
};

const connected = (count: number): Promise<void> =>
  vi.waitFor(async () => {
    const { containerInstanceArns = [] } = await longshore.ecs.send(new ListContainerInstancesCommand({}));
    const describe = new DescribeContainerInstancesCommand({ containerInstances: containerInstanceArns });
    const { containerInstances = [] } = await longshore.ecs.send(describe);
    expect(containerInstances.filter(({ agentConnected }) => agentConnected)).toHaveLength(count);
  }, PATIENCE);

const guardOf = (agent: AgentProcess): number | undefined => readGuard(join(agent.dataDir, 'agent', 'fence'));

/** Looks at all engines again and again. */
class Observer {
  /** Moments when a replacement ran, and after it still what it replaces. */
  overlaps = 0;
  looks = 0;
  readonly #family: string;
  #ends = false;
  readonly #done: Promise<void>;

  constructor(family: string) {
    this.#family = family;
    this.#done = this.#watch();
  }

  async end(): Promise<void> {
    this.#ends = true;
    await this.#done;
  }

  async #watch(): Promise<void> {
    while (!this.#ends) {
      // In this order: what is seen second was there while what was seen first already ran.
      const here = await running(engines[0]!, this.#family);
      const [there, farther] = await Promise.all([1, 2].map((n) => running(engines[n]!, this.#family)));
      const old = there!.length + farther!.length;
      if (here.length + old > 3) this.overlaps += 1;
      this.looks += 1;
      await sleep(50);
    }
  }
}

async function spreadService(name: string): Promise<void> {
  const { taskDefinition } = await longshore.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: name,
      containerDefinitions: [webContainer('here', { command: STUBBORN, stopTimeout: 2 })],
    }),
  );
  await createService(longshore, {
    serviceName: name,
    taskDefinition: taskDefinition!.taskDefinitionArn!,
    desiredCount: 3,
    placementStrategy: SPREAD,
    // It would start a fourth task before it stops one.
    availabilityZoneRebalancing: 'DISABLED',
  });
  const tasks = await stable(longshore, name, 3);
  expect(tasks.map((task) => task.availabilityZone).sort()).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
}

const replaced = (name: string): Promise<void> =>
  vi.waitFor(async () => {
    const tasks = await stable(longshore, name, 3);
    expect(tasks.map((task) => task.availabilityZone)).toEqual(Array(3).fill('us-east-1a'));
  }, PATIENCE);

it('a stopped agent’s and a cut off agent’s service tasks end before they are replaced, and standalone tasks stay', async () => {
  await spreadService('single');
  const runTask = new RunTaskCommand({
    taskDefinition: await registerWeb(longshore, 'alone', 'here'),
    placementConstraints: inZone('us-east-1c'),
  });
  expect((await longshore.ecs.send(runTask)).failures).toEqual([]);
  await vi.waitFor(async () => expect(await running(engines[2]!, 'alone')).toHaveLength(1), PATIENCE);
  expect([guardOf(stopped), guardOf(cutOff)]).not.toContain(undefined);

  const observer = new Observer('single');
  stopped.signal('SIGSTOP');
  cable.cut();
  await replaced('single');
  await observer.end();
  expect(observer.looks).toBeGreaterThan(10);
  expect(observer.overlaps).toBe(0);
  expect(await running(engines[2]!, 'alone')).toHaveLength(1);

  stopped.signal('SIGCONT');
  cable.mend();
  await connected(3);
  // As for any instance that was given up, nothing of what ran is expected any more.
  await vi.waitFor(async () => expect(await running(engines[2]!, 'alone')).toEqual([]), PATIENCE);
});

it('says that a task was fenced if its agent is heard before its instance is given up, and starts it again', async () => {
  const name = 'brief';
  await createService(longshore, {
    serviceName: name,
    taskDefinition: await registerWeb(longshore, name, 'here'),
    desiredCount: 1,
    placementConstraints: inZone('us-east-1b'),
  });
  const [fenced] = await stable(longshore, name, 1);
  stopped.signal('SIGSTOP');
  await vi.waitFor(async () => expect(await running(engines[1]!, name)).toEqual([]), PATIENCE);
  stopped.signal('SIGCONT');
  await vi.waitFor(async () => {
    const { tasks } = await longshore.ecs.send(new DescribeTasksCommand({ tasks: [fenced!.taskArn!] }));
    expect(tasks).toMatchObject([
      { lastStatus: 'STOPPED', stopCode: 'TerminationNotice', stoppedReason: expect.stringMatching(/^Fenced: /) },
    ]);
  }, PATIENCE);
  await vi.waitFor(async () => {
    const [task] = await tasksOf(longshore, name);
    expect(task).toMatchObject({ lastStatus: 'RUNNING', availabilityZone: 'us-east-1b' });
  }, PATIENCE);
});

it('without the setting the guards end, and old copies run until their agent returns', async () => {
  longshore.environment['LONGSHORE_FENCING'] = 'off';
  await longshore.kill('main');
  await longshore.start();
  // A new session reads the times again.
  await stopped.kill();
  await stopped.start();
  await connected(3);
  await vi.waitFor(() => expect(guardOf(stopped)).toBeUndefined(), PATIENCE);

  await spreadService('loose');
  const old = await running(engines[1]!, 'loose');
  expect(old).toHaveLength(1);
  stopped.signal('SIGSTOP');
  await vi.waitFor(async () => {
    const tasks = await stable(longshore, 'loose', 3);
    expect(tasks.map((task) => task.availabilityZone)).not.toContain('us-east-1b');
  }, PATIENCE);
  expect(await running(engines[1]!, 'loose')).toEqual(old);
  stopped.signal('SIGCONT');
  await vi.waitFor(async () => expect(await running(engines[1]!, 'loose')).not.toEqual(old), PATIENCE);
});
