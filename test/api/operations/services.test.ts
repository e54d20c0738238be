/** DeleteService, DescribeServices and ListServices. */
import { DescribeServicesCommand, ListServicesCommand } from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectRefusal, withApi } from '../support/api-under-test.ts';
import { definitionOf } from '../support/rows.ts';
import { serviceArnOf, withServiceCalls } from '../support/service-calls.ts';

const api = withApi();
const { create, describeOne, nameNow, remove, seed } = withServiceCalls(api);

describe('DeleteService', () => {
  test('is refused while the service is scaled above 0 or tasks still run, unless forced', async () => {
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

  test('deletes an empty service, which stays describable and leaves the list', async () => {
    await create({ desiredCount: 0 });
    expect((await remove()).service).toMatchObject({ status: 'INACTIVE', deployments: [] });
    expect((await describeOne())?.status).toBe('INACTIVE');
    await expectRefusal(remove(), 'ServiceNotFoundException', 'Service not found.');
  });

  test('changes nothing for a DRAINING service', async () => {
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
  test('finds services by name or ARN, in the order of the request, with failures for missing ones and tags if asked', async () => {
    await create({ tags: [{ key: 'a', value: 'b' }] });
    const answer = await api().ecs.send(new DescribeServicesCommand({ services: ['nope', serviceArnOf(nameNow())] }));
    expect(answer.services?.map((service) => service.serviceName)).toEqual([nameNow()]);
    expect(answer.services?.[0]).not.toHaveProperty('tags');
    const arn = 'arn:aws:ecs:us-east-1:123456789012:service/nope';
    expect(answer.failures).toEqual([{ arn, reason: 'MISSING' }]);
    expect((await describeOne({ include: ['TAGS'] }))?.tags).toEqual([{ key: 'a', value: 'b' }]);
  });

  test.each<[string, string[], object, string, string | RegExp]>([
    ['no services', [], {}, 'InvalidParameterException', 'Services cannot be empty.'],
    ['more than 10', Array(11).fill('a'), {}, 'InvalidParameterException', /10/],
    ['unknown cluster', ['a'], { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
    [
      'another cluster',
      [serviceArnOf('a', 'other')],
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
      const serviceName = `listed-${String(index).padStart(2, '0')}`;
      const launchType = index === 3 ? 'FARGATE' : 'EC2';
      await seed(
        { status: status as 'ACTIVE', definition: definitionOf({ launchType }) },
        { cluster: 'lists', serviceName },
      );
    }
  });

  test('lists ACTIVE services, ten per page', async () => {
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
