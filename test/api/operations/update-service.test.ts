/** UpdateService for services whose deployments Longshore rolls out. */
import type { CreateServiceCommandInput, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { expectRefusal, withApi } from '../support/api-under-test.ts';
import { registerDefinition } from '../support/rows.ts';
import { breaker, serviceArnOf, withServiceCalls } from '../support/service-calls.ts';

const api = withApi();
const { create, describeOne, nameNow, seed, update } = withServiceCalls(api);

describe('UpdateService', () => {
  test('accepts the service’s present deployment controller, and no other', async () => {
    await create();
    const { service } = await update({ deploymentController: { type: 'ECS' }, desiredCount: 3 });
    expect(service).toMatchObject({ desiredCount: 3, deploymentController: { type: 'ECS' } });
    const other = update({ deploymentController: { type: 'EXTERNAL' } });
    await expectRefusal(other, 'UnsupportedFeatureException', /deploymentController other than the service's own, ECS/);
  });

  test('shows a Service Connect configuration that is not enabled, and deploys nothing for it', async () => {
    const serviceConnectConfiguration = { enabled: false };
    const { service: created } = await create({ serviceConnectConfiguration });
    expect(created?.deployments?.[0]?.serviceConnectConfiguration).toEqual(serviceConnectConfiguration);
    const named = { enabled: false, namespace: 'space' };
    const { service } = await update({ serviceConnectConfiguration: named });
    expect(service?.deployments?.[0]?.serviceConnectConfiguration).toEqual(named);
    const enabled = update({ serviceConnectConfiguration: { enabled: true } });
    await expectRefusal(enabled, 'UnsupportedFeatureException', /serviceConnectConfiguration/);
  });

  test('keeps and shows alarms that are not enabled', async () => {
    const off = { alarmNames: [], enable: false, rollback: false };
    const { service: created } = await create();
    expect(created?.deploymentConfiguration?.alarms).toEqual(off);
    const alarms = { alarmNames: ['errors'], enable: false, rollback: true };
    await update({ deploymentConfiguration: { alarms } });
    const { service } = await update({ desiredCount: 3 });
    expect(service?.deploymentConfiguration?.alarms).toEqual(alarms);
    const enabled = update({ deploymentConfiguration: { alarms: { ...alarms, enable: true } } });
    await expectRefusal(enabled, 'UnsupportedFeatureException', /alarms with enable true/);
  });

  test('changes only the named members', async () => {
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

  test('passes on a new definition with its tags, and answers with the new PRIMARY first', async () => {
    await create();
    const { service } = await update({
      service: serviceArnOf(nameNow()),
      taskDefinition: 'web',
      forceNewDeployment: true,
    });
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

  test('sends the unchanged definition’s tags when they begin to propagate', async () => {
    await create();
    await update({ propagateTags: 'TASK_DEFINITION' });
    expect(api().gateway.last('updateService').taskDefinitionTags).toEqual([{ key: 'tier', value: 'front' }]);
  });

  test('clears a member by an empty list, and keeps an absent one', async () => {
    await create({ placementStrategy: [{ type: 'random' }], placementConstraints: [{ type: 'distinctInstance' }] });
    const { service } = await update({ placementStrategy: [] });
    expect(service).toMatchObject({ placementStrategy: [], placementConstraints: [{ type: 'distinctInstance' }] });
  });

  test('keeps a definition that has become INACTIVE', async () => {
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

  test.each(['DRAINING', 'INACTIVE'] as const)('refuses a service that is %s', async (status) => {
    await seed({ status });
    await expectRefusal(update({ desiredCount: 1 }), 'ServiceNotActiveException', 'Service was not ACTIVE.');
  });
});

describe('availability-zone rebalancing', () => {
  const AZ = 'attribute:ecs.availability-zone';
  const spread = (field: string) => ({ type: 'spread', field }) as const;
  test.each<[string, Partial<CreateServiceCommandInput>, string]>([
    ['when the request says nothing', {}, 'ENABLED'],
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

  test('UpdateService keeps it, changes it, and refuses it for services that cannot have it', async () => {
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

  test('UpdateService changes it without touching the rest, and keeps it if it is not named', async () => {
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
