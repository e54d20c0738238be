/** Lists that clients read without checking that they exist: an empty list must be there. */
import { beforeAll, describe, expect, test } from 'vitest';
import { withApi } from './support/api-under-test.ts';
import { registerDefinition } from './support/rows.ts';

const api = withApi();
const ARN = 'arn:aws:ecs:us-east-1:123456789012';

beforeAll(async () => {
  await registerDefinition(api().store, 'shapes', { networkMode: 'bridge' });
});

/** The JSON itself, as SDKs of other languages see it: an absent list is not an empty list. */
async function call(operation: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${api().url}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
    body: JSON.stringify(body),
  });
  expect(answer.status, operation).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

const first = (value: unknown): unknown => (value as unknown[])[0];

describe('missing tags are an empty list', () => {
  test('of clusters', async () => {
    const created = await call('CreateCluster', { clusterName: 'bare' });
    const lists = { tags: [], capacityProviders: [], defaultCapacityProviderStrategy: [], statistics: [] };
    expect(created.cluster).toMatchObject({ ...lists, settings: [{ name: 'containerInsights', value: 'disabled' }] });
    const include = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'TAGS'];
    const { clusters } = await call('DescribeClusters', { clusters: ['bare'], include });
    expect(first(clusters)).toMatchObject({ ...lists, attachments: [] });
    const plain = await call('DescribeClusters', { clusters: ['bare'] });
    expect(first(plain.clusters)).toMatchObject({ ...lists, settings: [] });
    expect(await call('ListTagsForResource', { resourceArn: `${ARN}:cluster/bare` })).toEqual({ tags: [] });
  });

  test('of task definitions', async () => {
    const containerDefinitions = [{ name: 'app', image: 'web:1', memory: 64 }];
    const registered = await call('RegisterTaskDefinition', { family: 'bare', containerDefinitions });
    expect(registered.tags).toEqual([]);
    expect(registered.taskDefinition).toMatchObject({ compatibilities: ['EXTERNAL', 'EC2'], volumes: [] });
    const described = await call('DescribeTaskDefinition', { taskDefinition: 'bare', include: ['TAGS'] });
    expect(described.tags).toEqual([]);
  });

  test('of tasks in the answer to the call that creates them', async () => {
    const { tasks, failures } = await call('RunTask', { taskDefinition: 'shapes' });
    expect(failures).toEqual([]);
    expect(first(tasks)).toMatchObject({ tags: [], attachments: [], lastStatus: 'PENDING' });
    const { taskArn } = first(tasks) as { taskArn: string };
    const described = await call('DescribeTasks', { tasks: [taskArn], include: ['TAGS'] });
    expect(described).toMatchObject({ tasks: [{ tags: [] }], failures: [] });
    expect(await call('ListTagsForResource', { resourceArn: taskArn })).toEqual({ tags: [] });
  });

  test('of services', async () => {
    const created = await call('CreateService', { serviceName: 'bare', taskDefinition: 'shapes', desiredCount: 0 });
    const lists = { loadBalancers: [], serviceRegistries: [], placementConstraints: [], placementStrategy: [] };
    expect(created.service).toMatchObject({ ...lists, tags: [], deployments: [{ status: 'PRIMARY' }] });
    const described = await call('DescribeServices', { services: ['bare'], include: ['TAGS'] });
    expect(described).toMatchObject({ services: [{ ...lists, tags: [] }], failures: [] });
    const updated = await call('UpdateService', { service: 'bare', forceNewDeployment: true });
    const { deployments } = updated.service as { deployments: { id: string; status: string }[] };
    const again = await call('DescribeServices', { services: ['bare'] });
    expect((first(again.services) as { deployments: object[] }).deployments).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: deployments[0]?.id, status: 'PRIMARY' })]),
    );
  });

  test('of container instances and capacity providers', async () => {
    const include = ['TAGS'];
    const { instanceId } = api();
    const instances = await call('DescribeContainerInstances', { containerInstances: [instanceId], include });
    expect(instances).toMatchObject({ containerInstances: [{ tags: [], attachments: [] }], failures: [] });
    const providers = await call('DescribeCapacityProviders', { capacityProviders: ['FARGATE'], include });
    expect(providers).toMatchObject({ capacityProviders: [{ tags: [] }], failures: [] });
  });

  test('of task sets', async () => {
    const deploymentController = { type: 'EXTERNAL' };
    await call('CreateService', { serviceName: 'bare-sets', deploymentController });
    const target = { cluster: 'default', service: 'bare-sets' };
    const created = await call('CreateTaskSet', { ...target, taskDefinition: 'shapes' });
    expect(created.taskSet).toMatchObject({ tags: [], loadBalancers: [], serviceRegistries: [] });
    const described = await call('DescribeTaskSets', { ...target, include: ['TAGS'] });
    expect(described).toMatchObject({ taskSets: [{ tags: [] }], failures: [] });
  });
});
