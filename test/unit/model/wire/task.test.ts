/** The presentation of tasks. */
import { describe, expect, test } from 'vitest';
import type { Partition } from '../../../../model/arn.ts';
import type { Task, TaskContainer } from '../../../../model/task.ts';
import { presentTask } from '../../../../model/wire/task.ts';

const PARTITION: Partition = { account: '123456789012', region: 'us-east-1' };
const ID = 'a'.repeat(32);

const container = (members: Partial<TaskContainer> = {}): TaskContainer => ({
  id: 'b0b0b0b0-0000-4000-8000-000000000000',
  name: 'app',
  image: 'web:1',
  lastStatus: 'PENDING',
  cpu: '0',
  networkBindings: [],
  networkInterfaces: [],
  ...members,
});

const task = (members: Partial<Task> = {}): Task => ({
  taskId: ID,
  clusterName: 'c1',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  family: 'web',
  revision: 1,
  ownerWorkflowId: 'service/c1/web',
  group: 'service:web',
  containerInstanceId: 'i1',
  launchType: 'EC2',
  cpu: '256',
  memory: '512',
  held: { cpu: 256, memoryMiB: 512, ports: [], gpus: 0 },
  overrides: {},
  tags: [{ key: 'a', value: 'b' }],
  enableExecuteCommand: false,
  lastStatus: 'PENDING',
  desiredStatus: 'RUNNING',
  healthStatus: 'UNKNOWN',
  containers: [container()],
  attachments: [],
  createdAt: 1_700_000_000_123,
  version: 1,
  ...members,
});

const present = (members: Partial<Task> = {}, options: Partial<Parameters<typeof presentTask>[2]> = {}) =>
  presentTask(task(members), PARTITION, { includeTags: false, ...options });

describe('presentTask', () => {
  test('a fresh EC2 task, member for member', () => {
    expect(present({}, { cpuArchitecture: 'arm64' })).toEqual({
      taskArn: `arn:aws:ecs:us-east-1:123456789012:task/c1/${ID}`,
      clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/c1',
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
      containerInstanceArn: 'arn:aws:ecs:us-east-1:123456789012:container-instance/c1/i1',
      group: 'service:web',
      launchType: 'EC2',
      attachments: [],
      attributes: [{ name: 'ecs.cpu-architecture', value: 'arm64' }],
      containers: [
        {
          containerArn: `arn:aws:ecs:us-east-1:123456789012:container/c1/${ID}/b0b0b0b0-0000-4000-8000-000000000000`,
          taskArn: `arn:aws:ecs:us-east-1:123456789012:task/c1/${ID}`,
          name: 'app',
          image: 'web:1',
          lastStatus: 'PENDING',
          networkBindings: [],
          networkInterfaces: [],
          healthStatus: 'UNKNOWN',
          cpu: '0',
        },
      ],
      cpu: '256',
      memory: '512',
      enableExecuteCommand: false,
      inferenceAccelerators: [],
      overrides: { containerOverrides: [{ name: 'app' }], inferenceAcceleratorOverrides: [] },
      lastStatus: 'PENDING',
      desiredStatus: 'RUNNING',
      healthStatus: 'UNKNOWN',
      version: 1,
      createdAt: new Date(1_700_000_000_123),
      tags: [],
    });
  });

  test.each<[string | undefined, string]>([
    [undefined, '1.4.0'],
    ['LATEST', '1.4.0'],
    ['1.4.0', '1.4.0'],
  ])('FARGATE with platform version %s shows %s, Linux and no instance', (platformVersion, shown) => {
    const wire = present({ launchType: 'FARGATE', ...(platformVersion === undefined ? {} : { platformVersion }) });
    expect(wire).toMatchObject({ launchType: 'FARGATE', platformVersion: shown, platformFamily: 'Linux' });
    expect(wire.containerInstanceArn).toBeUndefined();
  });

  test('makes every time a Date, and absent ones undefined', () => {
    const times = {
      connectivityAt: 1,
      pullStartedAt: 2,
      pullStoppedAt: 3,
      startedAt: 4,
      stoppingAt: 5,
      executionStoppedAt: 6,
      stoppedAt: 7,
    };
    const wire = present(times);
    for (const [name, at] of Object.entries(times)) expect(wire).toHaveProperty(name, new Date(at));
    expect(wire.connectivity).toBe('CONNECTED');
    for (const name of [...Object.keys(times), 'connectivity']) expect(present()).toHaveProperty(name, undefined);
  });

  test.each<[Partial<Task>, boolean | undefined, string | undefined]>([
    [{ connectivityAt: 1 }, undefined, 'CONNECTED'],
    [{ connectivityAt: 1 }, true, 'CONNECTED'],
    [{ connectivityAt: 1 }, false, 'DISCONNECTED'],
    [{ connectivityAt: 1, lastStatus: 'STOPPED' }, false, 'CONNECTED'],
    [{}, false, undefined],
  ])('%j with agentConnected %s is %s', (members, agentConnected, connectivity) => {
    const options = { includeTags: false, ...(agentConnected === undefined ? {} : { agentConnected }) };
    expect(present(members, options).connectivity).toBe(connectivity);
  });

  test('names every container in overrides, in order, and keeps what was overridden', () => {
    const wire = present({
      containers: [container({ name: 'app' }), container({ name: 'log' })],
      overrides: { cpu: '512', containerOverrides: [{ name: 'log', command: ['tail'] }] },
    });
    expect(wire.overrides).toMatchObject({
      cpu: '512',
      containerOverrides: [{ name: 'app' }, { name: 'log', command: ['tail'] }],
    });
  });

  test('shows how a container ended and where it listened', () => {
    const binding = { bindIP: '0.0.0.0', containerPort: 80, hostPort: 49153, protocol: 'tcp' } as const;
    const networkInterface = { attachmentId: 'att', privateIpv4Address: '10.0.0.2' };
    const ran = {
      lastStatus: 'STOPPED',
      exitCode: 0,
      reason: 'done',
      runtimeId: 'r',
      imageDigest: 'sha256:1',
      memory: '128',
      memoryReservation: '64',
      healthStatus: 'HEALTHY',
      networkBindings: [binding],
      networkInterfaces: [networkInterface],
    } as const;
    expect(present({ containers: [container(ran)] }).containers?.[0]).toMatchObject(ran);
    expect(present().containers?.[0]?.exitCode).toBeUndefined();
  });

  test('deals a task’s GPUs out to its containers', () => {
    const containers = [
      { ...container({}), name: 'a', gpus: 1 },
      { ...container({}), name: 'b' },
      { ...container({}), name: 'c', gpus: 2 },
    ];
    const shown = present({ containers, gpuIds: ['g0', 'g1', 'g2'] }).containers;
    expect(shown?.map(({ gpuIds }) => gpuIds)).toEqual([['g0'], undefined, ['g1', 'g2']]);
  });

  test('shows why the task stopped', () => {
    const stopped = { stopCode: 'UserInitiated', stoppedReason: 'bye' } as const;
    expect(present(stopped)).toMatchObject(stopped);
  });

  test('shows tags only if asked, and no unknown architecture', () => {
    expect(present({}, { includeTags: true }).tags).toEqual([{ key: 'a', value: 'b' }]);
    expect(present().attributes).toEqual([]);
  });
});
