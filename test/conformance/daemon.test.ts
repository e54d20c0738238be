/** A DAEMON service on two Docker engines, through the unmodified SDK: it follows the container instances. */
import {
  DeleteServiceCommand,
  DescribeContainerInstancesCommand,
  ListContainerInstancesCommand,
  PutAttributesCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  type Task,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type DockerEngine, startDockerEngines } from '../../fixtures/docker-engines.ts';
import { type AgentProcess, type Longshore, startLongshore } from '../support/longshore.ts';
import { expectSoundCapacity } from './support/lifetime.ts';
import { createService, registerWeb, stable } from './support/services.ts';
import { PATIENCE } from './support/web.ts';

const NAME = 'agent';

let engines: DockerEngine[];
let longshore: Longshore;
const agents: AgentProcess[] = [];

/** Cleaned up in reverse order, even if the start fails half way. */
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  engines = await startDockerEngines(2);
  undo.push(() => Promise.all(engines.map((engine) => engine.destroy())));
  longshore = await startLongshore({ engine: engines[0]!, env: { LONGSHORE_ZONE: 'us-east-1a' } });
  undo.push(
    () => longshore.destroy(),
    () => expectSoundCapacity(longshore),
  );
});
afterAll(async () => {
  const failures: unknown[] = [];
  for (const step of undo.reverse()) await step().catch((error: unknown) => failures.push(error));
  expect(failures).toEqual([]);
});

const instanceArns = async (): Promise<string[]> =>
  (await longshore.ecs.send(new ListContainerInstancesCommand({}))).containerInstanceArns ?? [];
const places = (tasks: readonly Task[]): (string | undefined)[] =>
  tasks.map((task) => task.containerInstanceArn).sort();

/** The service's tasks, once each of these instances has one and no other instance has any. */
const settled = (arns: readonly string[]): Promise<Task[]> =>
  vi.waitFor(async () => {
    const tasks = await stable(longshore, NAME, arns.length);
    expect(places(tasks)).toEqual([...arns].sort());
    return tasks;
  }, PATIENCE);

it('a DAEMON service has a task on the existing instance, and on a new one', async () => {
  const answer = await createService(longshore, {
    serviceName: NAME,
    taskDefinition: await registerWeb(longshore, NAME, 'one'),
    schedulingStrategy: 'DAEMON',
  });
  expect(answer).toMatchObject({ service: { schedulingStrategy: 'DAEMON', desiredCount: 1 } });
  await settled(await instanceArns());

  agents.push(await longshore.startAgent({ engine: engines[1]!, zone: 'us-east-1b' }));
  await vi.waitFor(async () => {
    const { containerInstances = [] } = await longshore.ecs.send(
      new DescribeContainerInstancesCommand({ containerInstances: await instanceArns() }),
    );
    expect(containerInstances.filter((instance) => instance.agentConnected)).toHaveLength(2);
  }, PATIENCE);
  await settled(await instanceArns());
});

it('a DAEMON service follows constraints and attributes', async () => {
  const arns = await instanceArns();
  const put = (targetId: string, value: string) =>
    longshore.ecs.send(new PutAttributesCommand({ attributes: [{ name: 'role', value, targetId }] }));
  await put(arns[0]!, 'logs');
  const placementConstraints = [{ type: 'memberOf' as const, expression: 'attribute:role == logs' }];
  await longshore.ecs.send(new UpdateServiceCommand({ service: NAME, placementConstraints }));
  await settled([arns[0]!]);
  await put(arns[1]!, 'logs');
  await settled(arns);
});

it('a DAEMON service leaves a DRAINING instance, returns, rolls out, and is deleted without force', async () => {
  const arns = await instanceArns();
  const setStatus = (status: 'ACTIVE' | 'DRAINING') =>
    longshore.ecs.send(new UpdateContainerInstancesStateCommand({ containerInstances: [arns[1]!], status }));
  await setStatus('DRAINING');
  await settled([arns[0]!]);
  await setStatus('ACTIVE');
  await settled(arns);

  const taskDefinition = await registerWeb(longshore, NAME, 'two');
  await longshore.ecs.send(new UpdateServiceCommand({ service: NAME, taskDefinition }));
  const tasks = await settled(arns);
  expect(tasks.every((task) => task.taskDefinitionArn?.endsWith(taskDefinition))).toBe(true);

  await longshore.ecs.send(new DeleteServiceCommand({ service: NAME }));
  await waitUntilServicesInactive(
    { client: longshore.ecs, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { services: [NAME] },
  );
});
