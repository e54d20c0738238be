/** A host that joined: its agent reaches the agent door and nothing else, over a cable that the test can cut. */
import {
  CreateClusterCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type DockerEngine, startDockerEngines } from '../../fixtures/docker-engines.ts';
import { type Cable, layCable } from '../support/cable.ts';
import { type AgentProcess, type Longshore, startLongshore } from '../support/longshore.ts';
import { expectSoundCapacity } from './support/lifetime.ts';
import { containerIds, registerWeb } from './support/services.ts';
import { PATIENCE } from './support/web.ts';

const CLUSTER = 'edge';

let engines: DockerEngine[];
let longshore: Longshore;
let agent: AgentProcess;
let cable: Cable;
let definition: string;
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  engines = await startDockerEngines(2);
  undo.push(() => Promise.all(engines.map((engine) => engine.destroy())));
  longshore = await startLongshore({ engine: engines[0]!, env: { LONGSHORE_HEARTBEAT_TIMEOUT: '5s' } });
  undo.push(
    () => longshore.destroy(),
    () => expectSoundCapacity(longshore),
  );
  cable = await layCable(longshore.doorPort);
  undo.push(() => cable.close());
  await longshore.ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
  const doorPort = cable.port;
  agent = await longshore.startAgent({ engine: engines[1]!, zone: 'us-east-1b', cluster: CLUSTER, doorPort });
  definition = await registerWeb(longshore, 'edge', 'here');
  await connected(true);
});
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

const isConnected = async (): Promise<boolean | undefined> => {
  const list = new ListContainerInstancesCommand({ cluster: CLUSTER });
  const { containerInstanceArns: containerInstances = [] } = await longshore.ecs.send(list);
  const describe = new DescribeContainerInstancesCommand({ cluster: CLUSTER, containerInstances });
  return (await longshore.ecs.send(describe)).containerInstances?.[0]?.agentConnected;
};

const connected = (expected: boolean): Promise<void> =>
  vi.waitFor(async () => expect(await isConnected()).toBe(expected), PATIENCE);

async function run(count: number): Promise<string[]> {
  const { tasks = [], failures } = await longshore.ecs.send(
    new RunTaskCommand({ cluster: CLUSTER, taskDefinition: definition, count }),
  );
  expect(failures).toEqual([]);
  return tasks.map(({ taskArn }) => taskArn!);
}

/** The tasks once all have the status. */
const reach = (tasks: string[], status: string): Promise<Task[]> =>
  vi.waitFor(async () => {
    const answer = await longshore.ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks }));
    expect(answer.tasks?.map(({ lastStatus }) => lastStatus)).toEqual(tasks.map(() => status));
    return answer.tasks!;
  }, PATIENCE);

const containersThere = async (): Promise<string[]> => {
  const filters = { label: ['longshore.role=container'] };
  return (await engines[1]!.docker.listContainers({ filters })).map(({ Id }) => Id).sort();
};

const there = (expected: readonly string[]): Promise<void> =>
  vi.waitFor(async () => expect(await containersThere()).toEqual(expected), PATIENCE);

const stop = (task: string): Promise<unknown> => longshore.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task }));

it('runs tasks on the host that joined, and stops them', async () => {
  const [kept, stopped] = await run(2);
  const tasks = await reach([kept!, stopped!], 'RUNNING');
  expect(await containersThere()).toEqual(containerIds(tasks));
  await stop(stopped!);
  await reach([stopped!], 'STOPPED');
  await there(containerIds(tasks.filter(({ taskArn }) => taskArn === kept)));
});

it('goes on where it was when the api process was killed and starts again', async () => {
  const before = await containersThere();
  const [during] = await run(1);
  await longshore.kill('main');
  await longshore.start();
  await reach([during!], 'RUNNING');
  await connected(true);
  expect(await containersThere()).toEqual(expect.arrayContaining(before));
  await stop(during!);
  await reach([during!], 'STOPPED');
  await there(before);
});

it('is silent while its cable is cut, and goes on with the same tasks when it is mended', async () => {
  const before = await containersThere();
  expect(before).not.toEqual([]);
  await connected(true);
  cable.cut();
  await connected(false);
  cable.mend();
  await connected(true);
  const [after] = await run(1);
  await reach([after!], 'RUNNING');
  expect(await containersThere()).toEqual(expect.arrayContaining(before));
});

it('needs a restart of the agent for nothing of it', () => {
  expect(agent.output().match(/the agent runs/g)).toHaveLength(1);
});
