/**
 * A host that joined: its agent reaches the agent door and nothing else, over a cable that the test can cut. Then many instances
 * behind one address of two doors, one of which dies.
 */
import { readFileSync } from 'node:fs';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DockerEngine, startDockerEngines } from '../../fixtures/docker-engines.ts';
import { freePort } from '../../tools/free-port.ts';
import { masterKeyFile } from '../../tools/master-key.ts';
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

// ---- many instances, two doors ----------------------------------------------------------------------------------------

const FLEET = 'fleet';
const INSTANCES = 24;

describe('many instances behind two doors', () => {
  let otherApi: AgentProcess;
  let fleet: AgentProcess;

  beforeAll(async () => {
    const { ecs, doorPort } = longshore;
    await ecs.send(new CreateClusterCommand({ clusterName: FLEET }));
    const otherDoorPort = await freePort();
    otherApi = await startApi(longshore, otherDoorPort);
    const address = await layCable(doorPort, otherDoorPort);
    undo.push(() => address.close());
    const url = await longshore.joinUrl({ cluster: FLEET, doorPort: address.port, uses: INSTANCES });
    const what = ['--simulate', String(INSTANCES), '--join', url, '--start-ms', '200', '--zones', 'a,b,c'];
    fleet = await longshore.startCommand(['agent', ...what], { env: {}, readyWhen: 'simulated instances take work' });
  });

  /** An api process beside the whole Longshore, over its servers. */
  async function startApi(of: Longshore, doorPort: number): Promise<AgentProcess> {
    const { temporalAddress: TEMPORAL_ADDRESS, dataDir, environment } = of;
    const password = readFileSync(`${dataDir}/postgres/password`, 'utf8').trim();
    const env = {
      TEMPORAL_ADDRESS,
      DATABASE_URL: `postgresql://longshore:${password}@127.0.0.1:${environment['LONGSHORE_POSTGRES_PORT']}/longshore`,
      LONGSHORE_MASTER_KEY: readFileSync(masterKeyFile(dataDir), 'utf8').trim(),
      LONGSHORE_PORT: String(await freePort()),
      LONGSHORE_AGENT_PORT: String(doorPort),
    };
    return of.startCommand(['api'], { env, readyWhen: 'the API listens' });
  }

  async function instances() {
    const { ecs } = longshore;
    const list = new ListContainerInstancesCommand({ cluster: FLEET });
    const { containerInstanceArns: arns = [] } = await ecs.send(list);
    const request = new DescribeContainerInstancesCommand({ cluster: FLEET, containerInstances: arns });
    const { containerInstances = [] } = await ecs.send(request);
    return {
      arns: arns.toSorted(),
      connected: containerInstances.filter(({ agentConnected }) => agentConnected).length,
    };
  }

  /** The service's tasks, once so many run and no other does. */
  const running = (service: string, count: number): Promise<readonly Task[]> =>
    vi.waitFor(async () => {
      const { ecs } = longshore;
      const { services } = await ecs.send(new DescribeServicesCommand({ cluster: FLEET, services: [service] }));
      expect(services).toMatchObject([{ runningCount: count, pendingCount: 0 }]);
      const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: FLEET, serviceName: service }));
      const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: FLEET, tasks: taskArns }));
      expect(tasks.map(({ lastStatus }) => lastStatus)).toEqual(Array(count).fill('RUNNING'));
      return tasks;
    }, PATIENCE);

  const create = (serviceName: string, how: Partial<CreateServiceCommandInput>): Promise<unknown> =>
    longshore.ecs.send(new CreateServiceCommand({ cluster: FLEET, serviceName, taskDefinition: definition, ...how }));

  const allConnected = () =>
    vi.waitFor(async () => {
      const found = await instances();
      expect(found.connected).toBe(INSTANCES);
      return found;
    }, PATIENCE);

  it('joins each instance once: started again with the same used-up token, they are the same', async () => {
    const before = await allConnected();
    expect(before.arns).toHaveLength(INSTANCES);
    expect(otherApi.output()).toContain('an agent joined');
    await fleet.kill();
    await fleet.start();
    expect(await allConnected()).toEqual(before);
  });

  it('runs a task of a DAEMON service on each of them', async () => {
    await create('everywhere', { schedulingStrategy: 'DAEMON' });
    const tasks = await running('everywhere', INSTANCES);
    const { arns } = await instances();
    expect(tasks.map(({ containerInstanceArn }) => containerInstanceArn).sort()).toEqual(arns);
  });

  it('loses nothing when an api process dies in the middle of a launch: agents go on over the other door', async () => {
    const before = await running('everywhere', INSTANCES);
    await create('many', { desiredCount: 3 * INSTANCES });
    await otherApi.kill('SIGKILL');
    await running('many', 3 * INSTANCES);
    const after = await running('everywhere', INSTANCES);
    const arns = (tasks: readonly Task[]) => tasks.map(({ taskArn }) => taskArn).sort();
    expect(arns(after)).toEqual(arns(before));
    await allConnected();
    expect(fleet.output().match(/simulated instances take work/g)).toHaveLength(2);
  });
});
