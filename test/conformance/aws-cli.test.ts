/** The unmodified AWS CLI with its own waiters: the life of a task and of a service. */
import { readFile } from 'node:fs/promises';
import type { Service, Setting, Task } from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { awsEcs, runAws, runAwsService } from './support/commands.ts';
import { withLongshore } from './support/lifetime.ts';
import { getInside, tagWebServer } from './support/web.ts';

const running = withLongshore();
const aws = <T = unknown>(...args: string[]): Promise<T> => awsEcs<T>(running(), ...args);
const awsWait = (...args: string[]): Promise<string> => runAws(running(), 'wait', ...args);

const ON_FARGATE = [
  ...['--launch-type', 'FARGATE'],
  ...['--network-configuration', 'awsvpcConfiguration={subnets=[subnet-1],assignPublicIp=ENABLED}'],
];

const addressOf = (task: Task): string => task.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address ?? '';

async function describeTask(arn: string): Promise<Task> {
  const { tasks } = await aws<{ tasks: Task[] }>('describe-tasks', '--tasks', arn);
  return tasks[0]!;
}

async function serviceTasks(): Promise<Task[]> {
  const { taskArns } = await aws<{ taskArns: string[] }>('list-tasks', '--service-name', 'web');
  const { tasks } = await aws<{ tasks: Task[] }>('describe-tasks', '--tasks', ...taskArns);
  return tasks;
}

async function describeService(): Promise<Service> {
  const { services } = await aws<{ services: Service[] }>('describe-services', '--services', 'web');
  return services[0]!;
}

beforeAll(async () => {
  await tagWebServer(running().engine.docker, 'nginx', 'welcome');
});

describe('the web server of the ECS guide', () => {
  it('registers from its JSON as printed there, numbers as strings', async () => {
    const body = await readFile(new URL('fixtures/webserver.json', import.meta.url), 'utf8');
    const answer = await fetch(running().url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition',
      },
      body,
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      taskDefinition: {
        revision: 1,
        compatibilities: ['EC2', 'FARGATE'],
        containerDefinitions: [{ memory: 100, cpu: 99, essential: true }],
      },
    });
  });

  it('runs as a task, answers HTTP at its own address, and stops', async () => {
    const { tasks, failures } = await aws<{ tasks: Task[]; failures: unknown[] }>(
      ...['run-task', '--task-definition', 'webserver', ...ON_FARGATE],
    );
    expect(failures).toEqual([]);
    const arn = tasks[0]!.taskArn!;
    await awsWait('tasks-running', '--tasks', arn);
    const task = await describeTask(arn);
    expect(task).toMatchObject({ lastStatus: 'RUNNING', launchType: 'FARGATE', cpu: '256', memory: '512' });
    expect(task.containerInstanceArn).toBeUndefined();
    expect(await getInside(running().engine, addressOf(task))).toBe('welcome');

    await aws('stop-task', '--task', arn, '--reason', 'seen enough');
    await awsWait('tasks-stopped', '--tasks', arn);
    expect(await describeTask(arn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'seen enough',
      containers: [{ lastStatus: 'STOPPED', exitCode: 0 }],
    });
  });

  it('runs as a service: created, updated, scaled and deleted, every waiter in between', async () => {
    await aws(
      'create-service',
      '--service-name',
      'web',
      '--task-definition',
      'webserver',
      '--desired-count',
      '3',
      ...ON_FARGATE,
    );
    await awsWait('services-stable', '--services', 'web');
    const first = await serviceTasks();
    expect(first.map((task) => task.lastStatus)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
    expect(new Set(first.map(addressOf)).size).toBe(3);
    for (const task of first) expect(await getInside(running().engine, addressOf(task))).toBe('welcome');

    await tagWebServer(running().engine.docker, 'nginx2', 'second');
    const container = JSON.stringify([{ name: 'web', image: 'nginx2', memory: 100, cpu: 99 }]);
    await aws(
      ...['register-task-definition', '--family', 'webserver', '--container-definitions', container],
      ...['--requires-compatibilities', 'FARGATE', '--network-mode', 'awsvpc', '--cpu', '256', '--memory', '512'],
    );
    await aws('update-service', '--service', 'web', '--task-definition', 'webserver');
    await awsWait('services-stable', '--services', 'web');
    const second = await serviceTasks();
    expect(second.map((task) => task.taskDefinitionArn?.split('/').at(-1))).toEqual(Array(3).fill('webserver:2'));
    expect(second.map((task) => task.taskArn)).not.toEqual(expect.arrayContaining(first.map((task) => task.taskArn)));
    for (const task of second) expect(await getInside(running().engine, addressOf(task))).toBe('second');

    await aws('update-service', '--service', 'web', '--desired-count', '1');
    await awsWait('services-stable', '--services', 'web');
    expect(await serviceTasks()).toHaveLength(1);
    const service = await describeService();
    expect(service).toMatchObject({ status: 'ACTIVE', desiredCount: 1, runningCount: 1, pendingCount: 0 });
    expect(service.deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 1 }]);
    expect(service.events?.[0]?.message).toBe('(service web) has reached a steady state.');

    await aws('delete-service', '--service', 'web', '--force');
    await awsWait('services-inactive', '--services', 'web');
    expect(await describeService()).toMatchObject({ status: 'INACTIVE', runningCount: 0 });
  });
});

describe('other services at the same address', () => {
  it('answers who calls, and refuses what it does not serve', async () => {
    const account = await runAwsService(
      running(),
      'sts',
      'get-caller-identity',
      '--query',
      'Account',
      '--output',
      'text',
    );
    expect(account).toBe('123456789012');
    await expect(runAwsService(running(), 's3', 'ls')).rejects.toThrow(/Longshore does not serve s3/);
    await expect(runAwsService(running(), 'ec2', 'describe-vpcs')).rejects.toThrow(/Longshore does not serve ec2/);
    await expect(runAwsService(running(), 'logs', 'describe-log-groups')).rejects.toThrow(/does not serve logs/);
    await expect(runAwsService(running(), 'lambda', 'list-functions')).rejects.toThrow(/does not serve lambda/);
  });
});

describe('account settings', () => {
  const name = 'defaultLogDriverMode';

  /** Starts a task and returns the log options that the engine has for its container. */
  async function logOptions(taskDefinition: string): Promise<unknown> {
    const { tasks } = await aws<{ tasks: Task[] }>('run-task', '--task-definition', taskDefinition);
    const arn = tasks[0]!.taskArn!;
    await awsWait('tasks-running', '--tasks', arn);
    const { runtimeId } = (await describeTask(arn)).containers![0]!;
    const { HostConfig } = await running().engine.docker.getContainer(runtimeId!).inspect();
    await aws('stop-task', '--task', arn);
    return HostConfig.LogConfig?.Config;
  }

  it('decide whether logs may block containers that start from then on', async () => {
    const containers = [
      { name: 'web', image: 'nginx', memory: 100, logConfiguration: { logDriver: 'json-file', options: {} } },
    ];
    await aws(
      ...['register-task-definition', '--family', 'logs', '--container-definitions', JSON.stringify(containers)],
    );
    expect(await logOptions('logs')).toEqual({ mode: 'non-blocking', 'max-buffer-size': '10m' });

    await aws('put-account-setting-default', '--name', name, '--value', 'blocking');
    const { settings } = await aws<{ settings: Setting[] }>('list-account-settings', '--effective-settings');
    expect(settings.find((setting) => setting.name === name)).toMatchObject({ value: 'blocking', type: 'user' });
    expect(await logOptions('logs')).toEqual({ mode: 'blocking' });

    const { setting } = await aws<{ setting: Setting }>('delete-account-setting', '--name', name);
    expect(setting).toMatchObject({ name, value: 'non-blocking' });
    await expect(aws('put-account-setting', '--name', 'serviceLongArnFormat', '--value', 'disabled')).rejects.toThrow(
      /InvalidParameterException.*You can no longer disable Long Arn settings/,
    );
  });
});
