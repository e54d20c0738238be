/** The presentation of services. */
import { describe, expect, test } from 'vitest';
import type { Partition } from '../../../../../model/arn.ts';
import { presentService } from '../../../../../api/ecs/present/service.ts';
import type { Deployment, DeploymentCounts, ServiceDefinition, ServiceRecord } from '../../../../../model/service.ts';

const PARTITION: Partition = { account: '123456789012', region: 'us-east-1' };

const definition = (members: Partial<ServiceDefinition> = {}): ServiceDefinition => ({
  serviceName: 'web',
  clusterName: 'c1',
  schedulingStrategy: 'REPLICA',
  desiredCount: 3,
  launchType: 'EC2',
  minimumHealthyPercent: 50,
  maximumPercent: 150,
  placementConstraints: [],
  placementStrategy: [],
  healthCheckGracePeriodSeconds: 0,
  availabilityZoneRebalancing: 'DISABLED',
  enableECSManagedTags: true,
  enableExecuteCommand: false,
  propagateTags: 'SERVICE',
  loadBalancers: [],
  serviceRegistries: [],
  tags: [],
  ...members,
});

type Row = Deployment & DeploymentCounts;
const deployment = (members: Partial<Row> = {}): Row => ({
  deploymentId: 'ecs-svc/1',
  status: 'PRIMARY',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  launchType: 'EC2',
  rolloutState: 'IN_PROGRESS',
  rolloutStateReason: 'ECS deployment ecs-svc/1 in progress.',
  failedTasks: 2,
  createdAt: 1000,
  updatedAt: 2000,
  desiredCount: 3,
  pendingCount: 1,
  runningCount: 2,
  ...members,
});

const present = (members: Partial<ServiceRecord> = {}, includeTags = false) =>
  presentService(
    {
      definition: definition(),
      incarnation: 'i',
      status: 'ACTIVE',
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
      deployments: [deployment()],
      runningCount: 2,
      pendingCount: 1,
      createdAt: 500,
      createdBy: 'arn:aws:iam::123456789012:root',
      waitingForCapacity: false,
      version: 7,
      ...members,
    },
    [
      { id: 'e2', createdAt: 20, message: 'newer' },
      { id: 'e1', createdAt: 10, message: 'older' },
    ],
    PARTITION,
    { includeTags },
  );

describe('presentService', () => {
  test('member for member', () => {
    expect(present()).toEqual({
      serviceArn: 'arn:aws:ecs:us-east-1:123456789012:service/c1/web',
      serviceName: 'web',
      clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/c1',
      status: 'ACTIVE',
      desiredCount: 3,
      runningCount: 2,
      pendingCount: 1,
      launchType: 'EC2',
      taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
      deployments: [
        {
          id: 'ecs-svc/1',
          status: 'PRIMARY',
          taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
          desiredCount: 3,
          pendingCount: 1,
          runningCount: 2,
          failedTasks: 2,
          createdAt: new Date(1000),
          updatedAt: new Date(2000),
          launchType: 'EC2',
          rolloutState: 'IN_PROGRESS',
          rolloutStateReason: 'ECS deployment ecs-svc/1 in progress.',
        },
      ],
      events: [
        { id: 'e2', createdAt: new Date(20), message: 'newer' },
        { id: 'e1', createdAt: new Date(10), message: 'older' },
      ],
      createdAt: new Date(500),
      createdBy: 'arn:aws:iam::123456789012:root',
      loadBalancers: [],
      serviceRegistries: [],
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: false, rollback: false },
        alarms: { alarmNames: [], enable: false, rollback: false },
        maximumPercent: 150,
        minimumHealthyPercent: 50,
        strategy: 'ROLLING',
        bakeTimeInMinutes: 0,
      },
      placementConstraints: [],
      placementStrategy: [],
      healthCheckGracePeriodSeconds: 0,
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      enableECSManagedTags: true,
      propagateTags: 'SERVICE',
      enableExecuteCommand: false,
      availabilityZoneRebalancing: 'DISABLED',
      resourceManagementType: 'CUSTOMER',
    });
  });

  test('shows the PRIMARY set’s platform for a service of task sets', () => {
    const members = { definition: definition({ deploymentController: 'EXTERNAL', launchType: 'FARGATE' }) };
    const set = (launchType: 'EC2' | 'FARGATE') => [deployment({ launchType, platformVersion: '1.4.0' })];
    expect(present({ ...members, deployments: set('FARGATE') })).toMatchObject({
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      platformFamily: 'Linux',
    });
    const elsewhere = present({ ...members, deployments: set('EC2') });
    expect([elsewhere.launchType, elsewhere.platformVersion, elsewhere.platformFamily]).toEqual([
      'EC2',
      undefined,
      undefined,
    ]);
  });

  test('shows PRIMARY first, then the newest, whatever the order of the rows', () => {
    const rows = [
      deployment({ deploymentId: 'old', status: 'ACTIVE', createdAt: 1 }),
      deployment({ deploymentId: 'older', status: 'ACTIVE', createdAt: 0 }),
      deployment({ deploymentId: 'new', status: 'PRIMARY', createdAt: 3 }),
      deployment({ deploymentId: 'recent', status: 'ACTIVE', createdAt: 2 }),
    ];
    expect(present({ deployments: rows }).deployments?.map((row) => row.id)).toEqual(['new', 'recent', 'old', 'older']);
  });

  test('shows FARGATE’s platform as asked on the service, resolved on its deployments', () => {
    const wire = present({
      definition: definition({ launchType: 'FARGATE', platformVersion: 'LATEST' }),
      deployments: [deployment({ launchType: 'FARGATE', platformVersion: 'LATEST' })],
    });
    expect(wire).toMatchObject({ platformVersion: 'LATEST', platformFamily: 'Linux' });
    expect(wire.deployments?.[0]).toMatchObject({ platformVersion: '1.4.0', platformFamily: 'Linux' });
  });

  test('fills in a network configuration', () => {
    const networkConfiguration = { awsvpcConfiguration: { subnets: ['s'] } };
    const full = { awsvpcConfiguration: { subnets: ['s'], securityGroups: [], assignPublicIp: 'DISABLED' } };
    const wire = present({
      definition: definition({ networkConfiguration }),
      deployments: [deployment({ networkConfiguration })],
    });
    expect(wire.networkConfiguration).toEqual(full);
    expect(wire.deployments?.[0]?.networkConfiguration).toEqual(full);
  });

  test('shows tags only if asked, and then an empty list if there are none', () => {
    expect(present().tags).toBeUndefined();
    expect(present({}, true).tags).toEqual([]);
  });
});
