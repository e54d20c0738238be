/** Unmodified clients: boto3, the JavaScript SDK's waiters and paginators, and the way deploy tools use them. */
import { fileURLToPath } from 'node:url';
import {
  DeleteServiceCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
  paginateListTasks,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { expect, it, vi } from 'vitest';
import { TEST_IMAGE } from '../support/images.ts';
import { runPython } from './support/commands.ts';
import { withLongshore } from './support/lifetime.ts';
import { createService, describeService, registerWeb, revisionOf, tasksOf } from './support/services.ts';
import { getFromOutside, PATIENCE } from './support/web.ts';

const running = withLongshore();
const waiting = () => ({ client: running().ecs, minDelay: 1, maxDelay: 1, maxWaitTime: 120 });

it('boto3: waiters and paginators follow a task and a service to their end', async () => {
  const script = fileURLToPath(new URL('lifecycle.py', import.meta.url));
  const printed = await runPython(running(), script, TEST_IMAGE);
  expect(JSON.parse(printed)).toEqual({
    run: { failures: [], listed: true, pages: 2 },
    stopped: [['UserInitiated', 'seen', 0]],
    updated: { count: 2, second: true },
    scaled: { running: 5, listed: 5, pages: 3 },
    lists: [1, true, 1],
    deleted: 'INACTIVE',
    refused: 'Service was not ACTIVE.',
  });
});

it('the JavaScript SDK: waiters follow a task', async () => {
  const { ecs } = running();
  const taskDefinition = await registerWeb(running(), 'js', 'js');
  const { tasks: started = [] } = await ecs.send(new RunTaskCommand({ taskDefinition, count: 2, startedBy: 'js' }));
  const tasks = started.map((task) => task.taskArn!);
  await waitUntilTasksRunning(waiting(), { tasks });
  const listed: string[] = [];
  for await (const page of paginateListTasks({ client: ecs, pageSize: 1 }, { startedBy: 'js' })) {
    listed.push(...(page.taskArns ?? []));
  }
  expect(listed.sort()).toEqual([...tasks].sort());
  for (const task of tasks) await ecs.send(new StopTaskCommand({ task }));
  await waitUntilTasksStopped(waiting(), { tasks });
});

it('a deploy tool reads a service, registers a changed definition, updates, and polls deployments', async () => {
  const { ecs } = running();
  const services = ['deployed'];
  await createService(running(), {
    serviceName: 'deployed',
    taskDefinition: await registerWeb(running(), 'deployed', 'old'),
    desiredCount: 2,
    deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 200 },
  });
  await waitUntilServicesStable(waiting(), { services });

  const current = await describeService(running(), 'deployed');
  const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: current.taskDefinition }));
  const {
    taskDefinitionArn,
    revision,
    status,
    requiresAttributes,
    compatibilities,
    registeredAt,
    registeredBy,
    ...kept
  } = described.taskDefinition!;
  expect([taskDefinitionArn, revision, status]).toEqual([current.taskDefinition, 1, 'ACTIVE']);
  expect(requiresAttributes).toBeInstanceOf(Array);
  expect([compatibilities, registeredAt, registeredBy].every((value) => value !== undefined)).toBe(true);
  const text = JSON.stringify(kept.containerDefinitions).replace('echo old', 'echo new');
  const { taskDefinition: next } = await ecs.send(
    new RegisterTaskDefinitionCommand({ ...kept, family: 'deployed', containerDefinitions: JSON.parse(text) as never }),
  );
  const { service } = await ecs.send(
    new UpdateServiceCommand({ service: 'deployed', taskDefinition: next!.taskDefinitionArn! }),
  );
  expect(service!.deployments).toMatchObject([
    { status: 'PRIMARY', taskDefinition: next!.taskDefinitionArn, rolloutState: 'IN_PROGRESS' },
    { status: 'ACTIVE', taskDefinition: current.taskDefinition },
  ]);
  await vi.waitFor(async () => {
    const { deployments = [], runningCount, desiredCount } = await describeService(running(), 'deployed');
    expect(deployments.map((deployment) => deployment.taskDefinition)).toEqual([next!.taskDefinitionArn]);
    expect(runningCount).toBe(desiredCount);
  }, PATIENCE);
  const tasks = await tasksOf(running(), 'deployed');
  expect(tasks.map(revisionOf)).toEqual(['deployed:2', 'deployed:2']);
  for (const task of tasks) {
    const port = task.containers?.[0]?.networkBindings?.[0]?.hostPort;
    expect(await getFromOutside(running().engine, port)).toBe('new');
  }
  await ecs.send(new DeleteServiceCommand({ service: 'deployed', force: true }));
  await waitUntilServicesInactive(waiting(), { services });
});
