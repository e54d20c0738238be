/** Capacity provider operations: providers themselves, a cluster's lists, and strategies of tasks and services. */
import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteAttributesCommand,
  DeleteCapacityProviderCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  ListTagsForResourceCommand,
  PutAttributesCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  TagResourceCommand,
  UpdateCapacityProviderCommand,
  UpdateServiceCommand,
  type CapacityProviderStrategyItem,
  type CreateCapacityProviderCommandInput,
} from '@aws-sdk/client-ecs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectRefusal, withApi } from './support/api-under-test.ts';
import { registerDefinition, registrationOf, taskRow } from './support/rows.ts';

const api = withApi();
const GROUP = 'arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:5f1b:autoScalingGroupName/pool';
const arnOf = (name: string) => `arn:aws:ecs:us-east-1:123456789012:capacity-provider/${name}`;
const AWSVPC = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

let serial = 0;
let name = '';
let cluster = '';
beforeEach(async () => {
  serial += 1;
  name = `pool-${serial}`;
  cluster = `cluster-${serial}`;
  await api().ecs.send(new CreateClusterCommand({ clusterName: cluster }));
});
beforeAll(async () => {
  await registerDefinition(api().store, 'web', { networkMode: 'bridge' });
  await registerDefinition(api().store, 'fargate', { networkMode: 'awsvpc' });
});

const create = async (input: Partial<CreateCapacityProviderCommandInput> = {}) =>
  (
    await api().ecs.send(
      new CreateCapacityProviderCommand({ name, autoScalingGroupProvider: { autoScalingGroupArn: GROUP }, ...input }),
    )
  ).capacityProvider;
const remove = async (capacityProvider = name) =>
  (await api().ecs.send(new DeleteCapacityProviderCommand({ capacityProvider }))).capacityProvider;
const describeProviders = (capacityProviders?: string[]) =>
  api().ecs.send(new DescribeCapacityProvidersCommand({ capacityProviders, include: ['TAGS'] }));
const put = async (capacityProviders: string[], strategy: CapacityProviderStrategyItem[] = []) =>
  (
    await api().ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster,
        capacityProviders,
        defaultCapacityProviderStrategy: strategy,
      }),
    )
  ).cluster;
const createService = (input: object) =>
  api().ecs.send(
    new CreateServiceCommand({ cluster, serviceName: 'web', taskDefinition: 'web', desiredCount: 1, ...input }),
  );
const service = async () =>
  (await api().ecs.send(new DescribeServicesCommand({ cluster, services: ['web'] }))).services?.[0];

describe('capacity providers', () => {
  test('are created with ECS’s defaults, described, tagged, changed and deleted', async () => {
    const created = await create({ tags: [{ key: 'team', value: 'a' }] });
    expect(created).toEqual({
      capacityProviderArn: arnOf(name),
      name,
      status: 'ACTIVE',
      type: 'EC2_AUTOSCALING',
      autoScalingGroupProvider: {
        autoScalingGroupArn: GROUP,
        managedScaling: {
          status: 'DISABLED',
          targetCapacity: 100,
          minimumScalingStepSize: 1,
          maximumScalingStepSize: 10_000,
          instanceWarmupPeriod: 300,
        },
        managedTerminationProtection: 'DISABLED',
        managedDraining: 'DISABLED',
      },
      updateStatus: 'CREATE_COMPLETE',
      tags: [{ key: 'team', value: 'a' }],
    });
    await api().ecs.send(new TagResourceCommand({ resourceArn: arnOf(name), tags: [{ key: 'b', value: '2' }] }));
    const tags = await api().ecs.send(new ListTagsForResourceCommand({ resourceArn: arnOf(name) }));
    expect(tags.tags).toHaveLength(2);
    const update = new UpdateCapacityProviderCommand({
      name,
      autoScalingGroupProvider: { managedScaling: { status: 'ENABLED', targetCapacity: 90 } },
    });
    const { capacityProvider } = await api().ecs.send(update);
    expect(capacityProvider).toMatchObject({
      updateStatus: 'UPDATE_COMPLETE',
      autoScalingGroupProvider: {
        autoScalingGroupArn: GROUP,
        managedScaling: { status: 'ENABLED', targetCapacity: 90, instanceWarmupPeriod: 300 },
      },
    });
    expect(await remove()).toMatchObject({ status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' });
    expect((await describeProviders([name])).capacityProviders).toMatchObject([{ status: 'INACTIVE' }]);
    expect(await create()).toMatchObject({ status: 'ACTIVE', updateStatus: 'CREATE_COMPLETE', tags: [] });
  });

  test('DescribeCapacityProviders shows FARGATE and FARGATE_SPOT; an unknown provider is a failure', async () => {
    const all = await describeProviders();
    expect(all.capacityProviders?.slice(0, 2)).toMatchObject([
      { name: 'FARGATE', type: 'FARGATE', status: 'ACTIVE' },
      { name: 'FARGATE_SPOT', type: 'FARGATE_SPOT', status: 'ACTIVE' },
    ]);
    const some = await describeProviders([arnOf('FARGATE'), 'nobody']);
    expect(some.capacityProviders).toHaveLength(1);
    expect(some.failures).toEqual([{ arn: arnOf('nobody'), reason: 'MISSING' }]);
  });

  test.each<[string, Partial<CreateCapacityProviderCommandInput>, string, RegExp]>([
    ['a reserved name', { name: 'fargate-mine' }, 'ClientException', /cannot be prefixed with "aws"/],
    ['an odd name', { name: 'a b' }, 'InvalidParameterException', /name 'a b' is invalid/],
    ['no group', { autoScalingGroupProvider: undefined }, 'ClientException', /Auto Scaling group ARN is invalid/],
    [
      'a target above 100',
      { autoScalingGroupProvider: { autoScalingGroupArn: GROUP, managedScaling: { targetCapacity: 101 } } },
      'InvalidParameterException',
      /targetCapacity must be between 1 and 100/,
    ],
    [
      'termination protection without scaling',
      { autoScalingGroupProvider: { autoScalingGroupArn: GROUP, managedTerminationProtection: 'ENABLED' } },
      'InvalidParameterException',
      /managed scaling must be enabled/,
    ],
  ])('are refused for %s', (_what, input, code, message) => expectRefusal(create(input), code, message));

  test('do not accept a cluster, which only Managed Instances providers have', async () => {
    await create();
    const autoScalingGroupProvider = { managedDraining: 'DISABLED' as const };
    const calls = [
      create({ name: `${name}-bound`, cluster }),
      api().ecs.send(new UpdateCapacityProviderCommand({ name, cluster, autoScalingGroupProvider })),
      api().ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: name, cluster })),
    ];
    await Promise.all(
      calls.map((call) => expectRefusal(call, 'UnsupportedFeatureException', /cluster of a capacity provider/)),
    );
  });

  test('do not accept a repeated name, a change of AWS’s providers, or the deletion of a used or unknown one', async () => {
    await create();
    await expectRefusal(create(), 'ClientException', /^The specified capacity provider already exists/);
    await put([name]);
    await expectRefusal(
      remove(),
      'ClientException',
      'The specified capacity provider is in use and cannot be removed.',
    );
    await expectRefusal(remove('nobody'), 'ClientException', /does not exist/);
    await expectRefusal(remove('FARGATE'), 'ClientException', /reserved/);
    await put([]);
    expect(await remove()).toMatchObject({ status: 'INACTIVE' });
  });
});

describe('PutClusterCapacityProviders', () => {
  test('replaces both lists', async () => {
    await create();
    const strategy = [{ capacityProvider: name, weight: 1, base: 2 }];
    expect(await put([name, 'FARGATE'], strategy)).toMatchObject({
      capacityProviders: [name, 'FARGATE'],
      defaultCapacityProviderStrategy: strategy,
      attachments: [],
      attachmentsStatus: 'UPDATE_COMPLETE',
    });
    expect(await put(['FARGATE'])).toMatchObject({
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: [],
    });
  });

  test('the default cluster has AWS’s providers from the start', async () => {
    const { clusters } = await api().ecs.send(new DescribeClustersCommand({}));
    expect(clusters?.[0]?.capacityProviders).toEqual(['FARGATE', 'FARGATE_SPOT']);
  });

  test('refuses unknown and unlisted providers, and strategies that ECS refuses', async () => {
    await create();
    const refusal = (strategy: CapacityProviderStrategyItem[], message: RegExp) =>
      expectRefusal(put(['FARGATE', 'FARGATE_SPOT', name], strategy), 'InvalidParameterException', message);
    await expectRefusal(put(['nobody']), 'InvalidParameterException', /'nobody' was not found/);
    await refusal([{ capacityProvider: 'other', weight: 1 }], /not associated with the cluster/);
    await refusal([{ capacityProvider: 'FARGATE' }], /weight value greater than zero/);
    await refusal(
      [
        { capacityProvider: 'FARGATE', weight: 1, base: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 1, base: 1 },
      ],
      /Only one capacity provider .* base/,
    );
    await refusal(
      [
        { capacityProvider: 'FARGATE', weight: 1 },
        { capacityProvider: name, weight: 1 },
      ],
      /cannot contain a mix/,
    );
  });

  test('refuses to remove a provider that a service or a task uses', async () => {
    await create();
    await put([name, 'FARGATE']);
    await createService({ capacityProviderStrategy: [{ capacityProvider: name, weight: 1 }] });
    await expectRefusal(
      put(['FARGATE']),
      'ResourceInUseException',
      'The specified capacity provider is in use and cannot be removed.',
    );
    expect(await put([name])).toMatchObject({ capacityProviders: [name] });
  });
});

test('the demand of a provider shows what its group has and needs', async () => {
  await create();
  const { store, gateway, url } = api();
  const demand = async () => (await fetch(`${url}/v1/clusters/${cluster}/capacity-providers/${name}/demand`)).json();
  expect(await demand()).toMatchObject({ instances: 0, needed: 0, reservation: 100 });
  const waiting = { clusterName: cluster, lastStatus: 'PROVISIONING', capacityProviderName: name } as const;
  const { containerInstanceId: _instance, ...task } = taskRow(waiting);
  await store.reserveTasks({ clusterName: cluster, tasks: [task] });
  expect(await demand()).toMatchObject({ instances: 0, needed: 1, reservation: 200, waitingTasks: 1 });
  const attributes = [{ name: 'longshore.capacity-provider', value: name }];
  await gateway.registerInstance(registrationOf({ clusterName: cluster, attributes }));
  expect(await demand()).toMatchObject({ instances: 1, needed: 1, reservation: 100 });
});

test('an instance that joins or leaves a group wakes the owners that wait for its provider', async () => {
  await create();
  const { store, gateway, ecs } = api();
  const waiting = { clusterName: cluster, lastStatus: 'PROVISIONING', capacityProviderName: name } as const;
  const { containerInstanceId: _instance, ...task } = taskRow(waiting);
  await store.reserveTasks({ clusterName: cluster, tasks: [task] });
  const registration = registrationOf({ clusterName: cluster });
  await gateway.registerInstance(registration);
  const targetId = registration.containerInstanceId;
  const other = { name: 'rack', value: 'a', targetId };
  await ecs.send(new PutAttributesCommand({ cluster, attributes: [other] }));
  expect(gateway.count('capacityChanged')).toBe(0);
  const group = { name: 'longshore.capacity-provider', value: name, targetId };
  await ecs.send(new PutAttributesCommand({ cluster, attributes: [other, group] }));
  expect(gateway.last('capacityChanged').ownerWorkflowIds).toEqual([task.ownerWorkflowId]);
  expect((await store.getInstances(cluster, [targetId]))[0]?.capacityProviderName).toBe(name);
  await ecs.send(new DeleteAttributesCommand({ cluster, attributes: [group] }));
  expect(gateway.count('capacityChanged')).toBe(2);
});

describe('strategies', () => {
  const shown = (capacityProvider: string, weight = 1) => [{ capacityProvider, weight, base: 0 }];

  test('a service shows its strategy and no launch type', async () => {
    await create();
    await put([name]);
    await createService({ capacityProviderStrategy: [{ capacityProvider: arnOf(name), weight: 1 }] });
    const described = await service();
    expect(described?.capacityProviderStrategy).toEqual(shown(name));
    expect(described?.launchType).toBeUndefined();
  });

  test('the cluster’s default strategy applies without strategy and launch type, and not with a launch type', async () => {
    await put(['FARGATE_SPOT'], [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]);
    await createService({ taskDefinition: 'fargate', networkConfiguration: AWSVPC });
    expect(await service()).toMatchObject({
      capacityProviderStrategy: shown('FARGATE_SPOT'),
      platformVersion: 'LATEST',
    });
    await api().ecs.send(new RunTaskCommand({ cluster, taskDefinition: 'fargate', networkConfiguration: AWSVPC }));
    expect(api().gateway.last('runTask')).toMatchObject({
      launchType: 'FARGATE',
      capacityProviderStrategy: shown('FARGATE_SPOT'),
    });
    await api().ecs.send(new RunTaskCommand({ cluster, taskDefinition: 'web', launchType: 'EC2' }));
    expect(api().gateway.last('runTask').capacityProviderStrategy).toBeUndefined();
  });

  test('UpdateService changes a strategy; an empty one restores the default', async () => {
    await create();
    await put([name]);
    await createService({});
    const update = (strategy: CapacityProviderStrategyItem[]) =>
      api().ecs.send(new UpdateServiceCommand({ cluster, service: 'web', capacityProviderStrategy: strategy }));
    await update([{ capacityProvider: name, weight: 3 }]);
    expect(api().gateway.last('updateService').changes).toEqual({ capacityProviderStrategy: shown(name, 3) });
    await update([]);
    expect(api().gateway.last('updateService').changes).toEqual({ launchType: 'EC2' });
    await expectRefusal(
      update([{ capacityProvider: 'FARGATE', weight: 1 }]),
      'InvalidParameterException',
      /not associated with the cluster/,
    );
  });
});
