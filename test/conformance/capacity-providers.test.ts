/** Capacity providers on real engines: FARGATE_SPOT on this host, a task that waits for a host to join, and spot notice. */
import {
  CreateCapacityProviderCommand,
  DeleteServiceCommand,
  DescribeTasksCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type DockerEngine, startDockerEngines } from '../../fixtures/docker-engines.ts';
import { ensureTestImage, TEST_IMAGE } from '../support/images.ts';
import { type Longshore, startLongshore } from '../support/longshore.ts';
import { expectSoundCapacity } from './support/lifetime.ts';
import { createService, stable, tasksOf } from './support/services.ts';
import { PATIENCE } from './support/web.ts';

let engines: DockerEngine[];
let longshore: Longshore;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  engines = await startDockerEngines(2);
  undo.push(() => Promise.all(engines.map((engine) => engine.destroy())));
  longshore = await startLongshore({ engine: engines[0]! });
  undo.push(
    () => longshore.destroy(),
    () => expectSoundCapacity(longshore),
  );
  await ensureTestImage(engines[1]!.docker);
});
afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

const waiter = () => ({ client: longshore.ecs, minDelay: 1, maxDelay: 1, maxWaitTime: 120 });

/** A definition that sleeps until it is stopped. */
async function registerSleeper(family: string, fargate: boolean): Promise<string> {
  const { taskDefinition } = await longshore.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      ...(fargate
        ? { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512' }
        : { networkMode: 'none' }),
      containerDefinitions: [
        {
          name: 'app',
          image: TEST_IMAGE,
          memory: 32,
          stopTimeout: 2,
          command: ['sh', '-c', 'trap exit TERM; sleep 600 & wait'],
        },
      ],
    }),
  );
  return taskDefinition!.taskDefinitionArn!;
}

async function describeTask(taskArn: string): Promise<Task> {
  const { tasks } = await longshore.ecs.send(new DescribeTasksCommand({ tasks: [taskArn] }));
  return tasks![0]!;
}

it('a FARGATE_SPOT service runs on this host', async () => {
  await createService(longshore, {
    serviceName: 'spot',
    taskDefinition: await registerSleeper('spot', true),
    desiredCount: 2,
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE', weight: 0, base: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ],
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
  });
  const tasks = await stable(longshore, 'spot', 2);
  expect(tasks.map((task) => task.capacityProviderName).sort()).toEqual(['FARGATE', 'FARGATE_SPOT']);
  expect(tasks.every((task) => task.launchType === 'FARGATE')).toBe(true);
  await longshore.ecs.send(new DeleteServiceCommand({ service: 'spot', force: true }));
});

it('a task waits in PROVISIONING for a provider without hosts, and starts when one joins', async () => {
  const { ecs } = longshore;
  const autoScalingGroupArn = 'arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/pool';
  await ecs.send(
    new CreateCapacityProviderCommand({ name: 'pool', autoScalingGroupProvider: { autoScalingGroupArn } }),
  );
  await ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'default',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT', 'pool'],
      defaultCapacityProviderStrategy: [],
    }),
  );
  const { tasks = [], failures } = await ecs.send(
    new RunTaskCommand({
      taskDefinition: await registerSleeper('waiting', false),
      count: 2,
      capacityProviderStrategy: [{ capacityProvider: 'pool', weight: 1 }],
    }),
  );
  expect(failures).toEqual([]);
  expect(
    tasks.map(({ lastStatus, capacityProviderName, containerInstanceArn }) => ({
      lastStatus,
      capacityProviderName,
      containerInstanceArn,
    })),
  ).toEqual([1, 2].map(() => ({ lastStatus: 'PROVISIONING', capacityProviderName: 'pool' })));
  const [first, second] = tasks.map((task) => task.taskArn!) as [string, string];
  // The task continues to wait even if the control plane dies.
  await longshore.kill('main');
  await longshore.start();
  expect((await describeTask(first)).lastStatus).toBe('PROVISIONING');

  const agent = await longshore.startAgent({
    engine: engines[1]!,
    zone: 'us-east-1b',
    env: { LONGSHORE_CAPACITY_PROVIDER: 'pool' },
  });
  undo.push(() => agent.kill());
  await waitUntilTasksRunning(waiter(), { tasks: [first, second] });
  const running = await describeTask(first);
  expect(running).toMatchObject({ launchType: 'EC2', availabilityZone: 'us-east-1b' });

  for (const task of [first, second]) await ecs.send(new StopTaskCommand({ task }));
  await waitUntilTasksStopped(waiter(), { tasks: [first, second] });
});

it('a service leaves an interrupted host, and its next task waits for another host', async () => {
  const { ecs } = longshore;
  await createService(longshore, {
    serviceName: 'pooled',
    taskDefinition: await registerSleeper('pooled', false),
    desiredCount: 1,
    deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
    capacityProviderStrategy: [{ capacityProvider: 'pool', weight: 1 }],
  });
  const [task] = await stable(longshore, 'pooled', 1);
  const instanceId = task!.containerInstanceArn!.split('/').at(-1)!;
  const path = `/v1/clusters/default/container-instances/${instanceId}/interruption`;
  expect((await fetch(longshore.url + path, { method: 'POST' })).status).toBe(202);
  await waitUntilTasksStopped(waiter(), { tasks: [task!.taskArn!] });
  expect(await describeTask(task!.taskArn!)).toMatchObject({
    stopCode: 'SpotInterruption',
    stoppedReason: 'Your Spot Task was interrupted.',
  });
  await vi.waitFor(async () => {
    const [next] = await tasksOf(longshore, 'pooled');
    expect(next).toMatchObject({ lastStatus: 'PROVISIONING', capacityProviderName: 'pool' });
  }, PATIENCE);
  await ecs.send(new DeleteServiceCommand({ service: 'pooled', force: true }));
});
