/** Three Docker engines on one machine as three container instances in three zones: spread, drained, lost, returned, rebalanced. */
import {
  type ContainerInstance,
  type ContainerInstanceStatus,
  DeleteServiceCommand,
  DescribeContainerInstancesCommand,
  ListContainerInstancesCommand,
  type Task,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type DockerEngine, startDockerEngines } from '../../fixtures/docker-engines.ts';
import { type AgentProcess, type Longshore, startLongshore } from '../support/longshore.ts';
import { expectSoundCapacity } from './support/lifetime.ts';
import { containerIds, createService, describeService, registerWeb, stable } from './support/services.ts';
import { PATIENCE } from './support/web.ts';

const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'] as const;
const NAME = 'spread';

let engines: DockerEngine[];
let longshore: Longshore;
let agents: AgentProcess[];

/** Cleaned up in reverse order, even if the start fails half way. */
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  // Containers outlive the engine's daemon, as on a host that lost its network.
  engines = await startDockerEngines(3, { dockerdArgs: ['--live-restore'] });
  undo.push(() => Promise.all(engines.map((engine) => engine.destroy())));
  longshore = await startLongshore({
    engine: engines[0]!,
    env: { LONGSHORE_ZONE: ZONES[0], LONGSHORE_HEARTBEAT_TIMEOUT: '10s', LONGSHORE_INSTANCE_LOST_AFTER: '5s' },
  });
  undo.push(
    () => longshore.destroy(),
    () => expectSoundCapacity(longshore),
  );
  agents = await Promise.all([1, 2].map((n) => longshore.startAgent({ engine: engines[n]!, zone: ZONES[n as 1 | 2] })));
});
afterAll(async () => {
  const failures: unknown[] = [];
  for (const step of undo.reverse()) await step().catch((error: unknown) => failures.push(error));
  expect(failures).toEqual([]);
});

const zoneOf = (item: ContainerInstance): string | undefined =>
  item.attributes?.find(({ name }) => name === 'ecs.availability-zone')?.value;

async function instances(): Promise<ContainerInstance[]> {
  const { containerInstanceArns = [] } = await longshore.ecs.send(new ListContainerInstancesCommand({}));
  const command = new DescribeContainerInstancesCommand({ containerInstances: containerInstanceArns });
  return (await longshore.ecs.send(command)).containerInstances ?? [];
}

const instanceIn = async (zone: string): Promise<ContainerInstance> =>
  (await instances()).find((instance) => zoneOf(instance) === zone)!;

/** How many tasks each zone has. */
const perZone = (tasks: readonly Task[]): number[] =>
  ZONES.map((zone) => tasks.filter((task) => task.availabilityZone === zone).length);

async function setStatus(zone: string, status: ContainerInstanceStatus): Promise<void> {
  const { containerInstanceArn } = await instanceIn(zone);
  const command = new UpdateContainerInstancesStateCommand({ containerInstances: [containerInstanceArn!], status });
  expect((await longshore.ecs.send(command)).failures).toEqual([]);
}

/** The service's tasks once it is stable and spread like this. */
const spread = (expected: readonly number[]): Promise<Task[]> =>
  vi.waitFor(async () => {
    const tasks = await stable(longshore, NAME, 6);
    expect(perZone(tasks)).toEqual(expected);
    return tasks;
  }, PATIENCE);

const containersOn = async (engine: DockerEngine): Promise<string[]> => {
  const filters = { label: ['longshore.role=container'] };
  return (await engine.docker.listContainers({ filters })).map(({ Id }) => Id).sort();
};

/** Messages of the service's matching events, newest first. */
const told = async (text: string): Promise<string[]> =>
  ((await describeService(longshore, NAME)).events ?? [])
    .map(({ message = '' }) => message)
    .filter((message) => message.includes(text));

it('a service spreads evenly over the zones', async () => {
  expect((await instances()).map(zoneOf).sort()).toEqual(ZONES);
  await createService(longshore, {
    serviceName: NAME,
    // A health check, because a task without one counts as healthy only after 40 s.
    taskDefinition: await registerWeb(longshore, NAME, 'here', {
      healthCheck: { command: ['CMD', 'true'], interval: 5, timeout: 3 },
    }),
    desiredCount: 6,
    // Draining need not wait until new tasks are healthy.
    deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 200 },
    placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
  });
  const tasks = await spread([2, 2, 2]);
  const running = await Promise.all(engines.map(containersOn));
  expect(running.flat().sort()).toEqual(containerIds(tasks));
  await expectSoundCapacity(longshore);
});

it('tasks leave a drained instance, and return when it is ACTIVE again', async () => {
  await setStatus(ZONES[1], 'DRAINING');
  await spread([3, 0, 3]);
  expect(await instanceIn(ZONES[1])).toMatchObject({ status: 'DRAINING', runningTasksCount: 0, pendingTasksCount: 0 });
  const draining = new ListContainerInstancesCommand({ status: 'DRAINING' });
  expect((await longshore.ecs.send(draining)).containerInstanceArns).toHaveLength(1);
  await vi.waitFor(async () => expect(await containersOn(engines[1]!)).toEqual([]), PATIENCE);
  await setStatus(ZONES[1], 'ACTIVE');
  const tasks = await spread([2, 2, 2]);
  const moved = tasks.filter((task) => task.availabilityZone === ZONES[1]);
  const ids = moved.map((task) => task.taskArn!.split('/').at(-1)!);
  expect(
    await told('is not AZ balanced with 3 tasks in us-east-1a, 3 tasks in us-east-1c, 0 tasks in us-east-1b'),
  ).toHaveLength(1);
  const started = (await told('to AZ Rebalance')).join(' ');
  for (const id of ids) expect(started).toContain(id);
  expect(await told('due to AZ rebalancing')).not.toHaveLength(0);
  await vi.waitFor(async () => expect(await told('is AZ balanced with 2 tasks')).toHaveLength(1), PATIENCE);
  await expectSoundCapacity(longshore);
});

it('a lost instance’s tasks are replaced, and it returns without its old tasks', async () => {
  const survivors = await containersOn(engines[2]!);
  expect(survivors).toHaveLength(2);
  await agents[1]!.kill();
  await engines[2]!.kill();
  const elsewhere = await spread([3, 3, 0]);
  expect(await instanceIn(ZONES[2])).toMatchObject({ agentConnected: false, runningTasksCount: 0 });
  await expectSoundCapacity(longshore);

  await engines[2]!.start();
  expect(await containersOn(engines[2]!)).toEqual(survivors);
  await agents[1]!.start();
  const tasks = await spread([2, 2, 2]);
  expect(await instanceIn(ZONES[2])).toMatchObject({ agentConnected: true, status: 'ACTIVE' });
  // Its old containers are gone, and the tasks elsewhere are still the same.
  const returned = tasks.filter((task) => task.availabilityZone === ZONES[2]);
  expect(await containersOn(engines[2]!)).toEqual(containerIds(returned));
  const before = new Set(elsewhere.map((task) => task.taskArn));
  expect(tasks.filter((task) => before.has(task.taskArn))).toHaveLength(4);
  await longshore.ecs.send(new UpdateServiceCommand({ service: NAME, desiredCount: 8 }));
  const more = await stable(longshore, NAME, 8);
  expect([...perZone(more)].sort()).toEqual([2, 3, 3]);
  await longshore.ecs.send(new DeleteServiceCommand({ service: NAME, force: true }));
  await vi.waitFor(async () => expect((await Promise.all(engines.map(containersOn))).flat()).toEqual([]), PATIENCE);
});
