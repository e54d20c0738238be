import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  UpdateServiceCommand,
  type CreateServiceCommandInput,
  type ThresholdType,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { EcsError } from '../../model/errors.ts';
import { ensureCluster, expectRefusal, withApi } from './support/api-under-test.ts';
import { definitionOf, registerDefinition, serviceRow } from './support/rows.ts';

const api = withApi();
const AWSVPC = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
const arnOf = (name: string, cluster = 'default') => `arn:aws:ecs:us-east-1:123456789012:service/${cluster}/${name}`;

let serial = 0;
let name = '';
beforeEach(() => {
  serial += 1;
  name = `service-${serial}`;
});

beforeAll(async () => {
  const { store } = api();
  await registerDefinition(store, 'web', { networkMode: 'bridge' }, [{ key: 'tier', value: 'front' }]);
  await registerDefinition(store, 'web', { networkMode: 'bridge' }, [{ key: 'tier', value: 'second' }]);
  await registerDefinition(store, 'fargate', { networkMode: 'awsvpc' });
  await registerDefinition(store, 'retired');
  await store.deregisterTaskDefinition('retired', 1, Date.now());
  await ensureCluster(store, 'other');
  await ensureCluster(store, 'lists');
});

const create = (input: Partial<CreateServiceCommandInput> = {}) =>
  api().ecs.send(new CreateServiceCommand({ serviceName: name, taskDefinition: 'web:1', desiredCount: 2, ...input }));
const update = (input: Partial<UpdateServiceCommandInput>) =>
  api().ecs.send(new UpdateServiceCommand({ service: name, ...input }));
const remove = (input: object = {}) => api().ecs.send(new DeleteServiceCommand({ service: name, ...input }));
const describeOne = async (input: object = {}) =>
  (await api().ecs.send(new DescribeServicesCommand({ services: [name], ...input }))).services?.[0];

const breaker = (type: ThresholdType, value: number) => ({
  enable: true,
  rollback: true,
  thresholdConfiguration: { type, value },
});

/** Puts a service's row there as its workflow would have. */
async function seed(members: Parameters<typeof serviceRow>[0], cluster = 'default'): Promise<void> {
  const record = serviceRow(members);
  const definition = { ...record.definition, serviceName: name, clusterName: cluster };
  await api().store.recordOwner({ clusterName: cluster, tasks: [], service: { ...record, definition }, events: [] });
}

describe('CreateService', () => {
  test('answers with the service as recorded, ECS defaults filled in', async () => {
    const { service } = await create({ tags: [{ key: 'a', value: 'b' }] });
    expect(service).toMatchObject({
      serviceArn: arnOf(name),
      clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/default',
      status: 'ACTIVE',
      desiredCount: 2,
      runningCount: 0,
      pendingCount: 0,
      launchType: 'EC2',
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      deploymentConfiguration: {
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        deploymentCircuitBreaker: { enable: false, rollback: false },
      },
      propagateTags: 'NONE',
      enableECSManagedTags: false,
      enableExecuteCommand: false,
      healthCheckGracePeriodSeconds: 0,
      loadBalancers: [],
      serviceRegistries: [],
      placementConstraints: [],
      placementStrategy: [],
      taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
      tags: [{ key: 'a', value: 'b' }],
      createdBy: expect.stringMatching(/^arn:aws:iam::123456789012:/),
    });
    expect(service?.deployments).toEqual([
      expect.objectContaining({ status: 'PRIMARY', desiredCount: 2, rolloutState: 'IN_PROGRESS' }),
    ]);
    expect(service?.events).toHaveLength(1);
    expect(service).not.toHaveProperty('platformVersion');
    expect(api().gateway.last('createService').taskDefinitionTags).toEqual([{ key: 'tier', value: 'front' }]);
  });

  test('FARGATE: LATEST on the service, the number on its deployments', async () => {
    const { service } = await create({
      taskDefinition: 'fargate',
      launchType: 'FARGATE',
      networkConfiguration: AWSVPC,
    });
    expect(service).toMatchObject({
      platformVersion: 'LATEST',
      platformFamily: 'Linux',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: [], assignPublicIp: 'DISABLED' },
      },
    });
    expect(service?.deployments?.[0]).toMatchObject({ platformVersion: '1.4.0', launchType: 'FARGATE' });
  });

  test('the same request again answers with the service that is there', async () => {
    const tags = [
      { key: 'b', value: '2' },
      { key: 'a', value: '1' },
    ];
    const first = await create({ tags });
    const created = api().gateway.count('createService');
    const again = await create({ tags: tags.toReversed() });
    expect(again.service?.createdAt).toEqual(first.service?.createdAt);
    expect(api().gateway.count('createService')).toBe(created);
  });

  test('of two equal requests at once both get the service; a different one is refused', async () => {
    const { gateway } = api();
    const winner = gateway.createService.bind(gateway);
    const lateRefusal = (command: Parameters<typeof winner>[0]) => async () => {
      await winner(command);
      throw new EcsError('InvalidParameterException', 'Creation of service was not idempotent.');
    };
    const createService = vi.spyOn(gateway, 'createService');
    createService.mockImplementationOnce((command) => lateRefusal(command)());
    expect((await create()).service?.status).toBe('ACTIVE');
    name = `${name}-other`;
    createService.mockImplementationOnce(({ definition, ...rest }) =>
      lateRefusal({ ...rest, definition: { ...definition, desiredCount: 7 } })(),
    );
    await expectRefusal(create(), 'InvalidParameterException', 'Creation of service was not idempotent.');
  });

  test.each<[string, Partial<CreateServiceCommandInput>]>([
    ['count', { desiredCount: 3 }],
    ['definition', { taskDefinition: 'web:2' }],
    ['tags', { tags: [{ key: 'x', value: 'y' }] }],
    ['bounds', { deploymentConfiguration: { maximumPercent: 150 } }],
  ])('a request with another %s is not idempotent', async (_name, input) => {
    await create();
    await expectRefusal(create(input), 'InvalidParameterException', 'Creation of service was not idempotent.');
  });

  test('a name still draining is refused, one that is INACTIVE is free', async () => {
    await seed({ status: 'DRAINING' });
    await expectRefusal(create(), 'InvalidParameterException', 'Unable to Start a service that is still Draining.');
    await seed({ status: 'INACTIVE', version: 2 });
    expect((await create()).service?.status).toBe('ACTIVE');
  });

  test.each<[string, Partial<CreateServiceCommandInput>, string, string | RegExp]>([
    ['unknown cluster', { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
    ['bad name', { serviceName: 'a b' }, 'InvalidParameterException', /Service name 'a b' is invalid/],
    ['unknown definition', { taskDefinition: 'nope' }, 'ClientException', 'TaskDefinition not found.'],
    ['inactive definition', { taskDefinition: 'retired:1' }, 'ClientException', 'TaskDefinition is inactive'],
    ['no definition', { taskDefinition: undefined }, 'ClientException', 'TaskDefinition can not be blank.'],
    ['no count', { desiredCount: undefined }, 'InvalidParameterException', /desiredCount/],
    ['negative count', { desiredCount: -1 }, 'InvalidParameterException', /desiredCount/],
    ['count above the quota', { desiredCount: 5001 }, 'InvalidParameterException', /5000/],
    [
      'minimum above 100',
      { deploymentConfiguration: { minimumHealthyPercent: 101 } },
      'InvalidParameterException',
      'minimumHealthyPercent must be at most 100',
    ],
    [
      'maximum below 100',
      { deploymentConfiguration: { maximumPercent: 99 } },
      'InvalidParameterException',
      'maximumPercent must be at least 100',
    ],
    [
      'both 100',
      { deploymentConfiguration: { maximumPercent: 100 } },
      'InvalidParameterException',
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    ],
    [
      'CODE_DEPLOY',
      { deploymentController: { type: 'CODE_DEPLOY' } },
      'UnsupportedFeatureException',
      /deploymentController CODE_DEPLOY/,
    ],
    [
      'load balancers',
      { loadBalancers: [{ targetGroupArn: 'arn', containerName: 'app', containerPort: 80 }] },
      'UnsupportedFeatureException',
      /loadBalancers/,
    ],
    ['discovery', { serviceRegistries: [{ registryArn: 'arn' }] }, 'UnsupportedFeatureException', /serviceRegistries/],
    [
      'Service Connect',
      { serviceConnectConfiguration: { enabled: true } },
      'UnsupportedFeatureException',
      /serviceConnectConfiguration/,
    ],
    [
      'several parts at once',
      {
        deploymentConfiguration: {
          alarms: { alarmNames: ['a'], enable: true, rollback: false },
          strategy: 'BLUE_GREEN',
        },
        volumeConfigurations: [{ name: 'v', managedEBSVolume: { roleArn: 'r' } }],
      },
      'UnsupportedFeatureException',
      /volumeConfigurations, deploymentConfiguration\.alarms.*BLUE_GREEN/,
    ],
    [
      'strategy of a provider that the cluster does not have',
      { cluster: 'other', capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
      'InvalidParameterException',
      /not associated with the cluster/,
    ],
    [
      'rebalancing without room above desired',
      {
        availabilityZoneRebalancing: 'ENABLED',
        deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 },
      },
      'InvalidParameterException',
      'availabilityZoneRebalancing ENABLED cannot be used with a maximumPercent of 100.',
    ],
    ['role', { role: 'ecsServiceRole' }, 'InvalidParameterException', /role/],
    ...(['BOUNDED_PERCENT', 'UNBOUNDED_PERCENT', 'COUNT'] as const).map((type): [string, object, string, string] => [
      `circuit breaker with ${type} of 0`,
      { deploymentConfiguration: { deploymentCircuitBreaker: breaker(type, 0) } },
      'InvalidParameterException',
      'deploymentCircuitBreaker thresholdConfiguration value must be at least 1',
    ]),
    [
      'circuit breaker with a share above 100',
      { deploymentConfiguration: { deploymentCircuitBreaker: breaker('UNBOUNDED_PERCENT', 101) } },
      'InvalidParameterException',
      'deploymentCircuitBreaker thresholdConfiguration value must be at most 100',
    ],
    [
      'circuit breaker with a type that does not exist',
      { deploymentConfiguration: { deploymentCircuitBreaker: breaker('SHARE' as 'COUNT', 1) } },
      'InvalidParameterException',
      /SHARE|BOUNDED_PERCENT/,
    ],
    [
      'awsvpc without network configuration',
      { taskDefinition: 'fargate' },
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [
      'network configuration for bridge',
      { networkConfiguration: AWSVPC },
      'InvalidParameterException',
      'Network Configuration is not valid for the given networkMode of this task definition.',
    ],
    [
      'FARGATE with a bridge definition',
      { launchType: 'FARGATE' },
      'InvalidParameterException',
      'Task definition does not support launch_type FARGATE.',
    ],
    [
      'six strategies',
      { placementStrategy: Array(6).fill({ type: 'random' }) },
      'InvalidParameterException',
      /at most 5/,
    ],
    [
      'binpack of disks',
      { placementStrategy: [{ type: 'binpack', field: 'disk' }] },
      'InvalidParameterException',
      /cpu, memory/,
    ],
    ['long token', { clientToken: 'x'.repeat(37) }, 'InvalidParameterException', /36/],
    ['grace below 0', { healthCheckGracePeriodSeconds: -1 }, 'InvalidParameterException', /healthCheckGracePeriod/],
  ])('refuses: %s', async (_name, input, code, message) => {
    const created = api().gateway.count('createService');
    await expectRefusal(create(input), code, message);
    expect(api().gateway.count('createService')).toBe(created);
  });

  test('parts that are asked for and switched off are no reason to refuse', async () => {
    const { service } = await create({
      deploymentController: { type: 'ECS' },
      serviceConnectConfiguration: { enabled: false },
      loadBalancers: [],
      capacityProviderStrategy: [],
      availabilityZoneRebalancing: 'DISABLED',
      deploymentConfiguration: {
        strategy: 'ROLLING',
        deploymentCircuitBreaker: { enable: false, rollback: false },
        alarms: { alarmNames: [], enable: false, rollback: false },
      },
    });
    expect(service?.status).toBe('ACTIVE');
  });
});

describe('availability-zone rebalancing', () => {
  const AZ = 'attribute:ecs.availability-zone';
  const spread = (field: string) => ({ type: 'spread', field }) as const;
  test.each<[string, Partial<CreateServiceCommandInput>, string]>([
    ['when nothing is said', {}, 'ENABLED'],
    ['as asked', { availabilityZoneRebalancing: 'DISABLED' }, 'DISABLED'],
    ['spread over zones first', { placementStrategy: [spread(AZ), spread('instanceId')] }, 'ENABLED'],
    ['another first strategy', { placementStrategy: [spread('instanceId'), spread(AZ)] }, 'DISABLED'],
    [
      'no room above desired',
      { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 } },
      'DISABLED',
    ],
    [
      'a constraint on the zone',
      { placementConstraints: [{ type: 'memberOf', expression: `${AZ} == us-east-1a` }] },
      'DISABLED',
    ],
  ])('of a new service: %s', async (_name, input, expected) => {
    expect((await create(input)).service?.availabilityZoneRebalancing).toBe(expected);
  });

  test('UpdateService keeps it, changes it, and refuses it where it cannot be', async () => {
    await create({});
    expect((await update({ desiredCount: 2 })).service?.availabilityZoneRebalancing).toBe('ENABLED');
    const off = await update({ availabilityZoneRebalancing: 'DISABLED' });
    expect(off.service?.availabilityZoneRebalancing).toBe('DISABLED');
    await expectRefusal(
      update({ availabilityZoneRebalancing: 'ENABLED', placementStrategy: [{ type: 'random' }] }),
      'InvalidParameterException',
      'availabilityZoneRebalancing ENABLED cannot be used with a first placement strategy other than spread over attribute:ecs.availability-zone.',
    );
  });
});

describe('the deployment circuit breaker', () => {
  const shown = async () => (await describeOne())?.deploymentConfiguration?.deploymentCircuitBreaker;

  test.each([
    [{ enable: true, rollback: false }],
    [{ enable: true, rollback: true, resetOnHealthyTask: false }],
    [breaker('BOUNDED_PERCENT', 100)],
    [breaker('UNBOUNDED_PERCENT', 1)],
    [breaker('COUNT', 5000)],
  ])('is accepted and shown as asked: %j', async (deploymentCircuitBreaker) => {
    const { service } = await create({ deploymentConfiguration: { deploymentCircuitBreaker } });
    expect(service?.deploymentConfiguration?.deploymentCircuitBreaker).toEqual(deploymentCircuitBreaker);
    expect(await shown()).toEqual(deploymentCircuitBreaker);
  });

  test('UpdateService changes it without touching the rest, and keeps it when it is not named', async () => {
    await create({ deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } } });
    const deploymentCircuitBreaker = breaker('COUNT', 7);
    await update({ deploymentConfiguration: { deploymentCircuitBreaker } });
    expect(api().gateway.last('updateService')).toMatchObject({
      changes: { deploymentCircuitBreaker, maximumPercent: 200, minimumHealthyPercent: 100 },
      forceNewDeployment: false,
    });
    expect(await shown()).toEqual(deploymentCircuitBreaker);
    await update({ deploymentConfiguration: { maximumPercent: 150 } });
    expect(await shown()).toEqual(deploymentCircuitBreaker);
  });
});

describe('UpdateService', () => {
  test('only what is named changes', async () => {
    await create();
    const { service } = await update({ desiredCount: 5, deploymentConfiguration: { maximumPercent: 150 } });
    expect(service).toMatchObject({
      desiredCount: 5,
      deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 100 },
    });
    const command = api().gateway.last('updateService');
    expect(command.changes).toEqual({ desiredCount: 5, maximumPercent: 150, minimumHealthyPercent: 100 });
    expect(command).not.toHaveProperty('taskDefinition');
    expect(command).not.toHaveProperty('taskDefinitionTags');
    expect(command.forceNewDeployment).toBe(false);
  });

  test('a new definition is passed on, with its tags; the answer has the new PRIMARY first', async () => {
    await create();
    const { service } = await update({ service: arnOf(name), taskDefinition: 'web', forceNewDeployment: true });
    expect(
      service?.deployments?.map(({ status, taskDefinition }) => [status, taskDefinition?.split('/').at(-1)]),
    ).toEqual([
      ['PRIMARY', 'web:2'],
      ['ACTIVE', 'web:1'],
    ]);
    expect(api().gateway.last('updateService')).toMatchObject({
      forceNewDeployment: true,
      taskDefinition: { revision: 2 },
      taskDefinitionTags: [{ key: 'tier', value: 'second' }],
    });
  });

  test('tags of the definition that stays are sent when they begin to propagate', async () => {
    await create();
    await update({ propagateTags: 'TASK_DEFINITION' });
    expect(api().gateway.last('updateService').taskDefinitionTags).toEqual([{ key: 'tier', value: 'front' }]);
  });

  test('an empty list clears, an absent one keeps', async () => {
    await create({ placementStrategy: [{ type: 'random' }], placementConstraints: [{ type: 'distinctInstance' }] });
    const { service } = await update({ placementStrategy: [] });
    expect(service).toMatchObject({ placementStrategy: [], placementConstraints: [{ type: 'distinctInstance' }] });
  });

  test('a service goes on with a definition that became INACTIVE', async () => {
    await registerDefinition(api().store, 'fading');
    await create({ taskDefinition: 'fading' });
    await api().store.deregisterTaskDefinition('fading', 1, Date.now());
    expect((await update({ desiredCount: 9 })).service?.desiredCount).toBe(9);
  });

  test.each<[string, Partial<UpdateServiceCommandInput>, string, string | RegExp]>([
    ['unknown cluster', { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
    ['unknown service', { service: 'nope' }, 'ServiceNotFoundException', 'Service not found.'],
    ['inactive definition', { taskDefinition: 'retired:1' }, 'ClientException', 'TaskDefinition is inactive'],
    ['unknown definition', { taskDefinition: 'nope' }, 'ClientException', 'TaskDefinition not found.'],
    [
      'awsvpc definition without network configuration',
      { taskDefinition: 'fargate' },
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [
      'a maximum that blocks with the present minimum',
      { deploymentConfiguration: { maximumPercent: 100 } },
      'InvalidParameterException',
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    ],
    [
      'platform version on EC2',
      { platformVersion: '1.4.0' },
      'InvalidParameterException',
      'The platform version must be null when specifying an EC2 launch type',
    ],
    [
      'a circuit breaker threshold of more than all tasks',
      { deploymentConfiguration: { deploymentCircuitBreaker: breaker('BOUNDED_PERCENT', 101) } },
      'InvalidParameterException',
      'deploymentCircuitBreaker thresholdConfiguration value must be at most 100',
    ],
    ['negative count', { desiredCount: -1 }, 'InvalidParameterException', /desiredCount/],
  ])('refuses: %s', async (_name, input, code, message) => {
    await create();
    const updated = api().gateway.count('updateService');
    await expectRefusal(update(input), code, message);
    expect(api().gateway.count('updateService')).toBe(updated);
  });

  test.each(['DRAINING', 'INACTIVE'] as const)('a service that is %s is not updated', async (status) => {
    await seed({ status });
    await expectRefusal(update({ desiredCount: 1 }), 'ServiceNotActiveException', 'Service was not ACTIVE.');
  });
});

describe('DeleteService', () => {
  test('refused while scaled above 0, and while tasks still run; force overrides', async () => {
    await seed({ runningCount: 1 });
    await expectRefusal(
      remove(),
      'InvalidParameterException',
      'The service cannot be stopped while it is scaled above 0.',
    );
    await seed({ definition: definitionOf({ desiredCount: 0 }), runningCount: 1, version: 2 });
    await expectRefusal(
      remove(),
      'InvalidParameterException',
      'The service cannot be stopped while deployments are active.',
    );
    expect((await remove({ force: true })).service?.status).toBe('DRAINING');
    expect(api().gateway.last('deleteService')).toMatchObject({ force: true, incarnation: 'first' });
  });

  test('an empty service goes; it stays describable and leaves the list', async () => {
    await create({ desiredCount: 0 });
    expect((await remove()).service).toMatchObject({ status: 'INACTIVE', deployments: [] });
    expect((await describeOne())?.status).toBe('INACTIVE');
    await expectRefusal(remove(), 'ServiceNotFoundException', 'Service not found.');
  });

  test('deleting a DRAINING service again changes nothing', async () => {
    await seed({ status: 'DRAINING', runningCount: 1 });
    const asked = api().gateway.count('deleteService');
    expect((await remove()).service?.status).toBe('DRAINING');
    expect(api().gateway.count('deleteService')).toBe(asked);
  });

  test('unknown service', async () => {
    await expectRefusal(remove(), 'ServiceNotFoundException', 'Service not found.');
    await expectRefusal(remove({ cluster: 'nope' }), 'ClusterNotFoundException', 'Cluster not found.');
  });
});

describe('DescribeServices', () => {
  test('by name or ARN, in the order asked for; the missing ones as failures; tags when asked', async () => {
    await create({ tags: [{ key: 'a', value: 'b' }] });
    const answer = await api().ecs.send(new DescribeServicesCommand({ services: ['nope', arnOf(name)] }));
    expect(answer.services?.map((service) => service.serviceName)).toEqual([name]);
    expect(answer.services?.[0]).not.toHaveProperty('tags');
    expect(answer.failures).toEqual([{ arn: arnOf('nope'), reason: 'MISSING' }]);
    expect((await describeOne({ include: ['TAGS'] }))?.tags).toEqual([{ key: 'a', value: 'b' }]);
  });

  test.each<[string, string[], object, string, string | RegExp]>([
    ['no services', [], {}, 'InvalidParameterException', 'Services cannot be empty.'],
    ['more than 10', Array(11).fill('a'), {}, 'InvalidParameterException', /10/],
    ['unknown cluster', ['a'], { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
    [
      'another cluster',
      [arnOf('a', 'other')],
      {},
      'InvalidParameterException',
      'Invalid identifier: Identifier is for cluster other. Your cluster is default',
    ],
  ])('refuses: %s', async (_name, ...row) => {
    const [services, more, code, message] = row;
    await expectRefusal(api().ecs.send(new DescribeServicesCommand({ services, ...more })), code, message);
  });
});

describe('ListServices', () => {
  const list = async (input: object) => {
    const answer = await api().ecs.send(new ListServicesCommand({ cluster: 'lists', ...input }));
    return { ...answer, names: answer.serviceArns!.map((arn) => arn.split('/').at(-1)) };
  };

  beforeAll(async () => {
    for (const [index, status] of [...Array<'ACTIVE'>(12).fill('ACTIVE'), 'DRAINING', 'INACTIVE'].entries()) {
      name = `listed-${String(index).padStart(2, '0')}`;
      const launchType = index === 3 ? 'FARGATE' : 'EC2';
      await seed({ status: status as 'ACTIVE', definition: definitionOf({ launchType }) }, 'lists');
    }
  });

  test('ten a page, ACTIVE ones only', async () => {
    const first = await list({});
    expect(first.names).toHaveLength(10);
    const second = await list({ nextToken: first.nextToken });
    expect([...first.names, ...second.names].sort()).toEqual(
      Array.from({ length: 12 }, (_, index) => `listed-${String(index).padStart(2, '0')}`),
    );
    expect(second.nextToken).toBeUndefined();
  });

  test.each<[object, number]>([
    [{ launchType: 'FARGATE' }, 1],
    [{ schedulingStrategy: 'DAEMON' }, 0],
    [{ schedulingStrategy: 'REPLICA', maxResults: 100 }, 12],
    [{ resourceManagementType: 'CUSTOMER', maxResults: 100 }, 12],
    [{ resourceManagementType: 'ECS' }, 0],
  ])('%o gives %i', async (input, expected) => {
    expect((await list(input)).names).toHaveLength(expected);
  });

  test('unknown cluster', async () => {
    await expectRefusal(list({ cluster: 'nope' }), 'ClusterNotFoundException', 'Cluster not found.');
  });
});
