/** A host's agent is replaced by the control plane's version, and by one that does not work, while its tasks run. */
import {
  CreateClusterCommand,
  type ContainerInstance,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  RunTaskCommand,
  UpdateContainerAgentCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type DockerEngine, startDockerEngines } from '../../fixtures/docker-engines.ts';
import { OWN_ROOT, readAgentBuild } from '../../tools/agent-package/build.ts';
import { type AgentProcess, type Longshore, startLongshore } from '../support/longshore.ts';
import { copyTree, type TreeCopy } from '../support/tree-copy.ts';
import { registerWeb } from './support/services.ts';

const CLUSTER = 'edge';
/** A control plane packs its agent when the first one asks for it. */
const PATIENCE = { timeout: 240_000, interval: 500 };

let engines: DockerEngine[];
let longshore: Longshore;
let agent: AgentProcess;
let older: TreeCopy;
let broken: TreeCopy;
let tasks: string[];
let containers: string[];
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  [older, broken] = await Promise.all([copyTree('0.0.9'), copyTree('9.9.9')]);
  undo.push(
    () => older.remove(),
    () => broken.remove(),
  );
  await broken.write('cli/agent-child.ts', `export const main = () => { throw new Error('out of order'); };\n`);
  engines = await startDockerEngines(2);
  undo.push(() => Promise.all(engines.map((engine) => engine.destroy())));
  longshore = await startLongshore({ engine: engines[0]! });
  undo.push(() => longshore.destroy());
  await longshore.ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
  agent = await longshore.startAgent({ engine: engines[1]!, zone: 'us-east-1b', cluster: CLUSTER, tree: older.root });
  const taskDefinition = await registerWeb(longshore, 'edge', 'here');
  await vi.waitFor(async () => expect((await instance()).agentConnected).toBe(true), PATIENCE);
  tasks = await run(taskDefinition, 2);
  containers = await containersThere();
});
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

async function instance(): Promise<ContainerInstance> {
  const list = new ListContainerInstancesCommand({ cluster: CLUSTER });
  const { containerInstanceArns: containerInstances = [] } = await longshore.ecs.send(list);
  const describe = new DescribeContainerInstancesCommand({ cluster: CLUSTER, containerInstances });
  return (await longshore.ecs.send(describe)).containerInstances![0]!;
}

/** The tasks' ARNs once they run. */
async function run(taskDefinition: string, count: number): Promise<string[]> {
  const call = new RunTaskCommand({ cluster: CLUSTER, taskDefinition, count });
  const arns = (await longshore.ecs.send(call)).tasks!.map(({ taskArn }) => taskArn!);
  await vi.waitFor(() => areRunning(arns), PATIENCE);
  return arns;
}

async function areRunning(arns: string[]): Promise<void> {
  const answer = await longshore.ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: arns }));
  expect(answer.tasks!.map(({ lastStatus }) => lastStatus)).toEqual(arns.map(() => 'RUNNING'));
}

const containersThere = async (): Promise<string[]> =>
  (await engines[1]!.docker.listContainers({ filters: { label: ['longshore.role=container'] } }))
    .map(({ Id }) => Id)
    .sort();

async function update(): Promise<ContainerInstance> {
  const { containerInstanceArn: containerInstance } = await instance();
  const call = new UpdateContainerAgentCommand({ cluster: CLUSTER, containerInstance });
  return (await longshore.ecs.send(call)).containerInstance!;
}

const ends = (agentUpdateStatus: string, agentVersion: string): Promise<void> =>
  vi.waitFor(async () => {
    const { versionInfo, ...found } = await instance();
    expect({ ...found, agentVersion: versionInfo?.agentVersion }).toMatchObject({
      agentUpdateStatus,
      agentVersion,
      agentConnected: true,
    });
  }, PATIENCE);

async function nothingHappenedToTasks(): Promise<void> {
  await areRunning(tasks);
  expect(await containersThere()).toEqual(containers);
}

it('replaces an agent of another version by the control plane’s, and its tasks run on', async () => {
  const before = await instance();
  expect(before.versionInfo?.agentVersion).toBe(older.version);
  expect(before.agentUpdateStatus).toBeUndefined();
  expect((await update()).agentUpdateStatus).toMatch(/PENDING|STAGING/);
  const { version, hash } = readAgentBuild(OWN_ROOT);
  await ends('UPDATED', version);
  expect((await instance()).versionInfo?.agentHash).toBe(hash);
  await nothingHappenedToTasks();
  await expect(update()).rejects.toMatchObject({ name: 'NoUpdateAvailableException' });
});

it('goes back to the version before when the new one does not work, and its tasks run on', async () => {
  await longshore.stop();
  await longshore.start(broken.root);
  await vi.waitFor(async () => expect((await instance()).agentConnected).toBe(true), PATIENCE);
  await update();
  await ends('FAILED', readAgentBuild(OWN_ROOT).version);
  await nothingHappenedToTasks();
  expect(agent.output()).toContain('out of order');
});

it('starts the version that worked last when the host starts again', async () => {
  await agent.kill();
  await agent.start();
  await ends('FAILED', readAgentBuild(OWN_ROOT).version);
  await nothingHappenedToTasks();
});
