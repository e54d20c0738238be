/** CreateService for services whose deployments Longshore rolls out. */
import type { CreateServiceCommandInput } from '@aws-sdk/client-ecs';
import { describe, expect, test, vi } from 'vitest';
import { EcsError } from '../../../model/errors.ts';
import { expectRefusal, withApi } from '../support/api-under-test.ts';
import { AWSVPC, breaker, serviceArnOf, withServiceCalls } from '../support/service-calls.ts';

const api = withApi();
const { create, nameNow, seed } = withServiceCalls(api);

describe('CreateService', () => {
  test('answers with the recorded service, with ECS’s defaults filled in', async () => {
    const { service } = await create({ tags: [{ key: 'a', value: 'b' }] });
    expect(service).toMatchObject({
      serviceArn: serviceArnOf(nameNow()),
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

  test('shows FARGATE’s platform version as LATEST on the service and resolved on its deployments', async () => {
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

  test('answers an equal request with the existing service', async () => {
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

  test('answers two simultaneous equal requests with the service, and refuses a different one', async () => {
    const { gateway } = api();
    const winner = gateway.createService.bind(gateway);
    const lateRefusal = (command: Parameters<typeof winner>[0]) => async () => {
      await winner(command);
      throw new EcsError('InvalidParameterException', 'Creation of service was not idempotent.');
    };
    const createService = vi.spyOn(gateway, 'createService');
    createService.mockImplementationOnce((command) => lateRefusal(command)());
    expect((await create()).service?.status).toBe('ACTIVE');
    const other = { serviceName: `${nameNow()}-other` };
    createService.mockImplementationOnce(({ definition, ...rest }) =>
      lateRefusal({ ...rest, definition: { ...definition, desiredCount: 7 } })(),
    );
    await expectRefusal(create(other), 'InvalidParameterException', 'Creation of service was not idempotent.');
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

  test('refuses the name of a DRAINING service, and accepts that of an INACTIVE one', async () => {
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

  test('accepts unsupported parts that are switched off', async () => {
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
