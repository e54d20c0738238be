/** RunTask: its answer, its clientToken and its refusals. */
import { DescribeTasksCommand, RunTaskCommand, type RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { EcsError } from '../../model/errors.ts';
import { ensureCluster, expectRefusal, withApi } from './support/api-under-test.ts';
import { registerDefinition } from './support/rows.ts';

const api = withApi();
const AWSVPC = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

beforeAll(async () => {
  const { store } = api();
  await registerDefinition(store, 'web', { networkMode: 'bridge' }, [
    { key: 'team', value: 'definition' },
    { key: 'tier', value: 'front' },
  ]);
  await registerDefinition(store, 'fargate', { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'] });
  await registerDefinition(store, 'retired');
  await store.deregisterTaskDefinition('retired', 1, Date.now());
  await registerDefinition(store, 'pinned', {
    placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.os-type == linux' }],
  });
  await registerDefinition(store, 'no-external', { compatibilities: ['EC2'] });
  await ensureCluster(store, 'other');
  await store.createCluster({
    clusterName: 'with-strategy',
    status: 'ACTIVE',
    createdAt: Date.now(),
    settings: [],
    capacityProviders: ['FARGATE'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    tags: [],
  });
});

const run = (input: Partial<RunTaskCommandInput>) =>
  api().ecs.send(new RunTaskCommand({ taskDefinition: 'web', ...input }));

test('an EC2 task shows its instance and the request’s settings', async () => {
  const { tasks = [], failures } = await run({
    count: 2,
    startedBy: 'ECS Deploy/1',
    group: 'batch',
    overrides: { containerOverrides: [{ name: 'app', environment: [{ name: 'A', value: 'b' }] }] },
    enableECSManagedTags: true,
    propagateTags: 'TASK_DEFINITION',
    tags: [{ key: 'team', value: 'call' }],
  });
  expect(failures).toEqual([]);
  expect(tasks).toHaveLength(2);
  const [task] = tasks;
  expect(task).toMatchObject({
    taskArn: expect.stringMatching(/^arn:aws:ecs:us-east-1:123456789012:task\/default\/[0-9a-f]{32}$/),
    clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/default',
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
    containerInstanceArn: `arn:aws:ecs:us-east-1:123456789012:container-instance/default/${api().instanceId}`,
    launchType: 'EC2',
    group: 'batch',
    startedBy: 'ECS Deploy/1',
    lastStatus: 'PENDING',
    desiredStatus: 'RUNNING',
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    attachments: [],
    overrides: { containerOverrides: [{ name: 'app', environment: [{ name: 'A', value: 'b' }] }] },
    tags: [
      { key: 'team', value: 'call' },
      { key: 'tier', value: 'front' },
      { key: 'aws:ecs:clusterName', value: 'default' },
    ],
  });
  expect(task?.createdAt).toBeInstanceOf(Date);
});

test('a FARGATE task shows its platform and no container instance', async () => {
  const { tasks = [] } = await run({
    taskDefinition: 'fargate',
    launchType: 'FARGATE',
    networkConfiguration: AWSVPC,
    platformVersion: 'LATEST',
  });
  expect(tasks[0]).toMatchObject({ launchType: 'FARGATE', platformVersion: '1.4.0', platformFamily: 'Linux' });
  expect(tasks[0]).not.toHaveProperty('containerInstanceArn');
  expect(api().gateway.last('runTask')).toMatchObject({
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    group: 'family:fargate',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'DISABLED' } },
  });
});

test('task sizes with a unit become plain numbers', async () => {
  const { tasks = [] } = await run({ overrides: { cpu: '.5 vCPU', memory: '1GB' } });
  expect(tasks[0]?.overrides).toMatchObject({ cpu: '512', memory: '1024' });
});

test('a task that found no place is in failures, with the ARN of the closest instance', async () => {
  api().gateway.places = 1;
  try {
    const { tasks, failures } = await run({ count: 3 });
    expect(tasks).toHaveLength(1);
    expect(failures).toEqual(
      Array(2).fill({
        arn: `arn:aws:ecs:us-east-1:123456789012:container-instance/default/${api().instanceId}`,
        reason: 'RESOURCE:MEMORY',
      }),
    );
  } finally {
    api().gateway.places = Infinity;
  }
});

test('a family means its latest ACTIVE revision; a revision means itself', async () => {
  const { store, gateway } = api();
  await registerDefinition(store, 'grows');
  await registerDefinition(store, 'grows');
  await registerDefinition(store, 'grows');
  await store.deregisterTaskDefinition('grows', 3, Date.now());
  await run({ taskDefinition: 'grows' });
  expect(gateway.last('runTask').taskDefinition.revision).toBe(2);
  await run({ taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/grows:1' });
  expect(gateway.last('runTask').taskDefinition.revision).toBe(1);
});

describe('clientToken', () => {
  test('a repeat gets the first result without another run', async () => {
    const first = await run({ clientToken: 'same', count: 2 });
    const runs = api().gateway.count('runTask');
    const again = await run({ clientToken: 'same', count: 2 });
    expect(again.tasks?.map((task) => task.taskArn)).toEqual(first.tasks?.map((task) => task.taskArn));
    expect(api().gateway.count('runTask')).toBe(runs);
  });

  test('other parameters are a conflict that names the first tasks', async () => {
    const first = await run({ clientToken: 'conflict' });
    const error = await run({ clientToken: 'conflict', count: 2 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ConflictException', resourceIds: [first.tasks?.[0]?.taskArn] });
  });

  test('a repeat after the definition became INACTIVE still gets the first result', async () => {
    await registerDefinition(api().store, 'gone-soon');
    const first = await run({ taskDefinition: 'gone-soon', clientToken: 'gone' });
    await api().store.deregisterTaskDefinition('gone-soon', 1, Date.now());
    const again = await run({ taskDefinition: 'gone-soon', clientToken: 'gone' });
    expect(again.tasks?.[0]?.taskArn).toBe(first.tasks?.[0]?.taskArn);
  });

  test('a repeat shows only ARN and statuses of a task that stopped meanwhile', async () => {
    const { store } = api();
    const { tasks = [] } = await run({ clientToken: 'stopped' });
    const taskId = tasks[0]!.taskArn!.split('/').at(-1)!;
    await store.recordOwner({
      clusterName: 'default',
      tasks: [
        { taskId, version: 5, changes: { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stoppedAt: Date.now() } },
      ],
      events: [],
    });
    const again = await run({ clientToken: 'stopped' });
    expect(again.tasks).toEqual([{ taskArn: tasks[0]!.taskArn, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }]);
  });
});

test("the workflow's refusal reaches the caller as it is", async () => {
  const { gateway, instanceId } = api();
  gateway.instanceId = null;
  try {
    await expectRefusal(run({}), 'InvalidParameterException', 'No Container Instances were found in your cluster.');
  } finally {
    gateway.instanceId = instanceId;
  }
});

const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
test.each<[string, Partial<RunTaskCommandInput>, string, string | RegExp]>([
  ['unknown cluster', { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
  [
    'unknown cluster and definition',
    { cluster: 'nope', taskDefinition: 'nope' },
    'ClusterNotFoundException',
    'Cluster not found.',
  ],
  ['unknown family', { taskDefinition: 'nope' }, 'ClientException', 'TaskDefinition not found.'],
  ['unknown revision', { taskDefinition: 'web:99' }, 'ClientException', 'TaskDefinition not found.'],
  ['bad revision', { taskDefinition: 'web:x' }, 'InvalidParameterException', 'Invalid revision number. Number: x'],
  ['inactive definition', { taskDefinition: 'retired:1' }, 'InvalidParameterException', 'TaskDefinition is inactive'],
  ['count 0', { count: 0 }, 'InvalidParameterException', 'count must be between 1 and 10.'],
  ['count 11', { count: 11 }, 'InvalidParameterException', 'count must be between 1 and 10.'],
  [
    'launch type and strategy',
    { launchType: 'EC2', capacityProviderStrategy: strategy },
    'InvalidParameterException',
    'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
  ],
  [
    'strategy without weight',
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
    'InvalidParameterException',
    'There are no capacity providers in the capacity provider strategy with a weight value greater than zero. Specify a weight value greater than zero for at least one capacity provider and try again.',
  ],
  [
    'strategy of a provider that the cluster does not have',
    { cluster: 'other', capacityProviderStrategy: strategy },
    'InvalidParameterException',
    'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
  ],
  [
    'strategy of FARGATE_SPOT with a bridge definition',
    { capacityProviderStrategy: strategy },
    'InvalidParameterException',
    'Task definition does not support launch_type FARGATE.',
  ],
  [
    "the cluster's strategy with a bridge definition",
    { cluster: 'with-strategy' },
    'InvalidParameterException',
    'Task definition does not support launch_type FARGATE.',
  ],
  ['MANAGED_INSTANCES', { launchType: 'MANAGED_INSTANCES' }, 'UnsupportedFeatureException', /MANAGED_INSTANCES/],
  [
    'FARGATE with a bridge definition',
    { launchType: 'FARGATE' },
    'InvalidParameterException',
    'Task definition does not support launch_type FARGATE.',
  ],
  [
    'EXTERNAL with a definition that is not for it',
    { taskDefinition: 'no-external', launchType: 'EXTERNAL' },
    'InvalidParameterException',
    'Task definition does not support launch_type EXTERNAL.',
  ],
  [
    'platform version on EC2',
    { launchType: 'EC2', platformVersion: '1.4.0' },
    'InvalidParameterException',
    'The platform version must be null when specifying an EC2 launch type',
  ],
  [
    'unknown platform version',
    { taskDefinition: 'fargate', launchType: 'FARGATE', platformVersion: '9.9.9' },
    'PlatformUnknownException',
    /9\.9\.9/,
  ],
  [
    'awsvpc without network configuration',
    { taskDefinition: 'fargate', launchType: 'FARGATE' },
    'InvalidParameterException',
    "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
  ],
  [
    'no subnets',
    { taskDefinition: 'fargate', networkConfiguration: { awsvpcConfiguration: { subnets: [] } } },
    'InvalidParameterException',
    'subnets can not be empty.',
  ],
  [
    'network configuration for bridge',
    { networkConfiguration: AWSVPC },
    'InvalidParameterException',
    'Network Configuration is not valid for the given networkMode of this task definition.',
  ],
  [
    'override of no container',
    { overrides: { containerOverrides: [{ name: 'nope' }] } },
    'InvalidParameterException',
    'Override for container named nope is not a container in the TaskDefinition.',
  ],
  [
    'overrides too long',
    { overrides: { containerOverrides: [{ name: 'app', command: ['x'.repeat(8192)] }] } },
    'InvalidParameterException',
    'Overrides cannot be longer than 8192 characters.',
  ],
  [
    'unreadable cpu override',
    { overrides: { cpu: 'lots' } },
    'ClientException',
    "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
  ],
  [
    'a size that FARGATE does not have',
    {
      taskDefinition: 'fargate',
      launchType: 'FARGATE',
      networkConfiguration: AWSVPC,
      overrides: { cpu: '512', memory: '512' },
    },
    'ClientException',
    'No Fargate configuration exists for given values.',
  ],
  [
    'environment files',
    {
      overrides: {
        containerOverrides: [{ name: 'app', environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/e.env' }] }],
      },
    },
    'ClientException',
    "When you are specifying environmentFiles, you must also specify a value for 'executionRoleArn'",
  ],
  [
    'environment files where there is no folder of them',
    {
      overrides: {
        executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
        containerOverrides: [{ name: 'app', environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/e.env' }] }],
      },
    },
    'ClientException',
    /environmentFiles of container 'app' cannot be read: there is no S3 here.*LONGSHORE_ENVIRONMENT_FILES/,
  ],
  [
    'propagateTags SERVICE',
    { propagateTags: 'SERVICE' },
    'InvalidParameterException',
    'propagateTags SERVICE is only valid for services. Specify TASK_DEFINITION or NONE.',
  ],
  [
    'distinctInstance with an expression',
    { placementConstraints: [{ type: 'distinctInstance', expression: 'agentConnected == true' }] },
    'InvalidParameterException',
    'distinctInstance expression should not be specified.',
  ],
  [
    'constraints with those of the definition above ten',
    { taskDefinition: 'pinned', placementConstraints: Array(10).fill({ type: 'distinctInstance' }) },
    'InvalidParameterException',
    /at most 10/,
  ],
  [
    'bad expression',
    { placementConstraints: [{ type: 'memberOf', expression: 'attribute:' }] },
    'InvalidParameterException',
    /Invalid expression/,
  ],
  [
    'constraint on FARGATE',
    {
      taskDefinition: 'fargate',
      launchType: 'FARGATE',
      networkConfiguration: AWSVPC,
      placementConstraints: [{ type: 'distinctInstance' }],
    },
    'InvalidParameterException',
    'Placement constraints are not supported with FARGATE launch type.',
  ],
  [
    'strategy on FARGATE',
    {
      taskDefinition: 'fargate',
      launchType: 'FARGATE',
      networkConfiguration: AWSVPC,
      placementStrategy: [{ type: 'random' }],
    },
    'InvalidParameterException',
    'Placement strategies are not supported with FARGATE launch type.',
  ],
  ['long startedBy', { startedBy: 'x'.repeat(129) }, 'InvalidParameterException', /startedBy.*128/],
  ['startedBy with a line break', { startedBy: 'a\nb' }, 'InvalidParameterException', /startedBy/],
  ['group of a service', { group: 'service:web' }, 'InvalidParameterException', /reserved for services/],
  ['long clientToken', { clientToken: 'x'.repeat(65) }, 'InvalidParameterException', /clientToken.*64/],
  ['reserved tag', { tags: [{ key: 'aws:x', value: 'y' }] }, 'InvalidParameterException', /aws:/],
  [
    'volume configurations',
    { volumeConfigurations: [{ name: 'v', managedEBSVolume: { roleArn: 'arn:aws:iam::1:role/r' } }] },
    'UnsupportedFeatureException',
    /volumeConfigurations/,
  ],
])('RunTask refuses: %s', async (_name, input, code, message) => {
  const runs = api().gateway.count('runTask');
  await expectRefusal(run(input), code, message);
  expect(api().gateway.count('runTask')).toBe(runs);
});

test('Temporal out of reach is ServiceUnavailable', async () => {
  const away = new EcsError('ServiceUnavailable', 'Temporal does not answer.');
  vi.spyOn(api().gateway, 'runTask').mockRejectedValueOnce(away);
  await expectRefusal(run({}), 'ServiceUnavailable', 'Temporal does not answer.');
});

test('DescribeTasks shows a task as soon as RunTask has answered', async () => {
  const { tasks = [] } = await run({ count: 10 });
  const arns = tasks.map((task) => task.taskArn!);
  const described = await api().ecs.send(new DescribeTasksCommand({ tasks: arns, include: ['TAGS'] }));
  expect(described.tasks?.map((task) => task.taskArn)).toEqual(arns);
  expect(described.failures).toEqual([]);
});
