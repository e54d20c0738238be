/** Every request refuses an impossible container instance id by its length. */
import { describe, expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';

const api = withApi();

const arn = (id: string): string => `arn:aws:ecs:us-east-1:123456789012:container-instance/default/${id}`;
const refusal = { __type: 'InvalidParameterException', message: 'instanceId length should be one of [32,36]' };

const RESOURCES = ['CPU', 'MEMORY'].map((name) => ({ name, type: 'INTEGER', integerValue: 1024 }));

const IDS = ['short', 'a'.repeat(33), arn('short'), arn('0'.repeat(40))];

describe.each([...IDS, ''])('the instance id %j', (id) => {
  const requests: readonly (readonly [operation: string, body: object])[] = [
    ['DescribeContainerInstances', { containerInstances: ['0'.repeat(32), id] }],
    ['DeregisterContainerInstance', { containerInstance: id }],
    ['UpdateContainerInstancesState', { containerInstances: [id], status: 'DRAINING' }],
    ['StartTask', { taskDefinition: 'a', containerInstances: [id] }],
    ['RegisterContainerInstance', { containerInstanceArn: id, totalResources: RESOURCES }],
    // An empty text means no filter.
    ...(id === '' ? [] : [['ListTasks', { containerInstance: id }] as const]),
  ];
  it.each(requests)('is refused by %s', async (operation, body) => {
    const response = await fetch(api().url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
      },
      body: JSON.stringify(body),
    });
    expect(await response.json()).toEqual(refusal);
  });
});

it.each(IDS)('the instance id %j is refused by a notice of interruption', async (id) => {
  const url = `${api().url}/v1/clusters/default/container-instances/${encodeURIComponent(id)}/interruption`;
  const response = await fetch(url, { method: 'POST' });
  expect(await response.json()).toEqual(refusal);
});
