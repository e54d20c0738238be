/** Members of requests that the SDK does not know. */
import { describe, expect, it } from 'vitest';
import { ecsCatalogue } from '../../../../api/ecs/catalogue.ts';
import { ecsShapeRefusals } from '../../../../api/ecs/shape-refusals.ts';
import { validateRequest } from '../../../../api/protocol/validate-request.ts';

const request = (operation: string, body: object): unknown =>
  validateRequest(ecsCatalogue.shapesOf(operation)!, body, ecsShapeRefusals);

const refusedAs = (code: string, ...members: readonly string[]) =>
  expect.objectContaining({
    code,
    message: `Not supported by Longshore yet: ${members.join(', ')}. Leave it out of the request.`,
  }) as Error;

const CONTAINER = { name: 'web', image: 'nginx', memory: 64 };
const DEFINITION = { family: 'web', containerDefinitions: [CONTAINER] };
const SERVICE = { serviceName: 'web', taskDefinition: 'web' };

describe('members that the SDK does not know', () => {
  const definitions: readonly (readonly [body: object, member: string])[] = [
    [{ trustedExecutionConfiguration: { isolationMode: 'CONFIDENTIAL_SANDBOX' } }, 'trustedExecutionConfiguration'],
    [{ containerDefinitions: [CONTAINER, { ...CONTAINER, gpus: 1 }] }, 'containerDefinitions[1].gpus'],
    [
      { containerDefinitions: [{ ...CONTAINER, linuxParameters: { capabilities: { add: [], grant: ['ALL'] } } }] },
      'containerDefinitions[0].linuxParameters.capabilities.grant',
    ],
    [{ volumes: [{ name: 'a', tapeVolumeConfiguration: {} }] }, 'volumes[0].tapeVolumeConfiguration'],
    // A member of another request, which no answer about task definitions has.
    [{ desiredCount: 2 }, 'desiredCount'],
    [{ toString: 'a' }, 'toString'],
    [{ Family: 'web' }, 'Family'],
  ];
  it.each(definitions)('are refused by name: RegisterTaskDefinition %j', (body, member) => {
    expect(() => request('RegisterTaskDefinition', { ...DEFINITION, ...body })).toThrow(
      refusedAs('ClientException', member),
    );
  });

  const others: readonly (readonly [operation: string, body: object, member: string])[] = [
    ['CreateService', { ...SERVICE, colour: 'red' }, 'colour'],
    [
      'CreateService',
      { ...SERVICE, networkConfiguration: { awsvpcConfiguration: { subnets: ['a'], ipv6: true } } },
      'networkConfiguration.awsvpcConfiguration.ipv6',
    ],
    ['RunTask', { taskDefinition: 'web', overrides: { sandbox: false } }, 'overrides.sandbox'],
    ['RunTask', { taskDefinition: 'web', tags: [{ key: 'a', value: 'b', secret: true }] }, 'tags[0].secret'],
    ['ListClusters', { filter: 'a' }, 'filter'],
    // Requests that describe, stop or delete ignore no members of answers.
    ['DescribeTasks', { tasks: ['a'], lastStatus: 'RUNNING' }, 'lastStatus'],
    ['DeleteService', { service: 'web', desiredCount: 0 }, 'desiredCount'],
  ];
  it.each(others)('are refused by name: %s %j', (operation, body, member) => {
    expect(() => request(operation, body)).toThrow(refusedAs('UnsupportedFeatureException', member));
  });

  it('are refused all in one message', () => {
    expect(() => request('ListClusters', { filter: 'a', order: { by: 'name' }, page: 0 })).toThrow(
      refusedAs('UnsupportedFeatureException', 'filter', 'order', 'page'),
    );
  });

  it('count as absent if they ask for nothing', () => {
    const body = { trustedExecutionConfiguration: null, modes: [], name: '', __type: 'ListClustersRequest' };
    expect(request('ListClusters', { maxResults: 5, ...body })).toEqual({ maxResults: 5 });
  });

  it('are refused below free-form members only if the API has a shape there', () => {
    const hooks = [{ targetType: 'PAUSE', hookDetails: { any: { thing: [1] } } }];
    const body = { ...SERVICE, deploymentConfiguration: { lifecycleHooks: hooks } };
    expect(request('CreateService', body)).toEqual(body);
    const labelled = { ...DEFINITION, containerDefinitions: [{ ...CONTAINER, dockerLabels: { any: 'label' } }] };
    expect(request('RegisterTaskDefinition', labelled)).toEqual(labelled);
  });
});

describe('a member that only an answer defines', () => {
  const cases: readonly (readonly [operation: string, body: object, shown: object])[] = [
    [
      'RegisterTaskDefinition',
      DEFINITION,
      {
        taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
        revision: 1,
        status: 'ACTIVE',
        registeredAt: 1_700_000_000.5,
        registeredBy: 'arn:aws:iam::123456789012:root',
        deregisteredAt: 1_700_000_001,
        requiresAttributes: [{ name: 'ecs.capability.task-eni', anything: 1 }],
        compatibilities: ['EC2', 'FARGATE'],
      },
    ],
    [
      'CreateService',
      SERVICE,
      {
        serviceArn: 'arn:aws:ecs:us-east-1:123456789012:service/default/web',
        status: 'ACTIVE',
        runningCount: 1,
        pendingCount: 0,
        deployments: [{ id: 'ecs-svc/1' }],
        events: [{ id: 'a', message: 'b' }],
        createdAt: 1_700_000_000,
        createdBy: 'arn:aws:iam::123456789012:root',
        taskSets: [{ id: 'a' }],
      },
    ],
    [
      'UpdateService',
      { service: 'web' },
      { serviceName: 'web', clusterArn: 'a', roleArn: 'b', launchType: 'EC2', runningCount: 2 },
    ],
    [
      'CreateTaskSet',
      { service: 'web', cluster: 'c', taskDefinition: 'web' },
      { id: 'a', stabilityStatus: 'STEADY_STATE' },
    ],
    ['RunTask', { taskDefinition: 'web' }, { taskArn: 'a', lastStatus: 'STOPPED', containers: [{ exitCode: 0 }] }],
    ['CreateCluster', { clusterName: 'c' }, { clusterArn: 'a', status: 'ACTIVE', runningTasksCount: 3 }],
    ['CreateCapacityProvider', { name: 'p' }, { capacityProviderArn: 'a', updateStatus: 'UPDATE_COMPLETE' }],
    ['RegisterContainerInstance', { cluster: 'c' }, { agentConnected: true, remainingResources: [{ name: 'CPU' }] }],
  ];
  it.each(cases)('is ignored by %s', (operation, body, shown) => {
    expect(request(operation, { ...shown, ...body })).toEqual(body);
  });
});
