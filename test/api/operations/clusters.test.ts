/** Cluster operations. */
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  ListClustersCommand,
  ListTasksCommand,
  UpdateClusterCommand,
  UpdateClusterSettingsCommand,
  type CreateClusterCommandInput,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { expectRefusal, withApi } from '../support/api-under-test.ts';
import { registerDefinition } from '../support/rows.ts';

const api = withApi();
const ARN = 'arn:aws:ecs:us-east-1:123456789012:cluster/';
const create = (input: CreateClusterCommandInput) => api().ecs.send(new CreateClusterCommand(input));

describe('CreateCluster', () => {
  it('answers with the whole cluster', async () => {
    const { cluster } = await create({ clusterName: 'whole', tags: [{ key: 'team', value: 'a' }] });
    expect(cluster).toEqual({
      clusterArn: `${ARN}whole`,
      clusterName: 'whole',
      status: 'ACTIVE',
      registeredContainerInstancesCount: 0,
      runningTasksCount: 0,
      pendingTasksCount: 0,
      activeServicesCount: 0,
      statistics: [],
      tags: [{ key: 'team', value: 'a' }],
      settings: [{ name: 'containerInsights', value: 'disabled' }],
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
    });
  });

  it('means the default cluster if no name is given', async () => {
    expect((await create({})).cluster?.clusterName).toBe('default');
  });

  it('answers with an existing ACTIVE cluster unchanged', async () => {
    await create({ clusterName: 'twice', tags: [{ key: 'a', value: '1' }] });
    const { cluster } = await create({ clusterName: 'twice', tags: [{ key: 'a', value: '2' }] });
    expect(cluster?.tags).toEqual([{ key: 'a', value: '1' }]);
  });

  it('accepts AWS’s capacity providers by name', async () => {
    const { cluster } = await create({ clusterName: 'fargate', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
    expect(cluster?.capacityProviders).toEqual(['FARGATE', 'FARGATE_SPOT']);
  });

  const refused: readonly (readonly [string, CreateClusterCommandInput, string, RegExp])[] = [
    ['an odd name', { clusterName: 'a b' }, 'InvalidParameterException', /^Cluster name 'a b' is invalid/],
    ['an empty name', { clusterName: '' }, 'InvalidParameterException', /^Cluster name '' is invalid/],
    ['a long name', { clusterName: 'a'.repeat(256) }, 'InvalidParameterException', /is invalid/],
    [
      'a provider that does not exist',
      { clusterName: 'x', capacityProviders: ['mine'] },
      'InvalidParameterException',
      /'mine'/,
    ],
    [
      'a strategy with a provider that it does not have',
      { defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
      'InvalidParameterException',
      /^The default capacity provider strategy cannot contain .* not associated with the cluster/,
    ],
    [
      'Service Connect',
      { serviceConnectDefaults: { namespace: 'n' } },
      'UnsupportedFeatureException',
      /serviceConnectDefaults/,
    ],
    [
      'an odd setting',
      { settings: [{ name: 'containerInsights', value: 'on' }] },
      'InvalidParameterException',
      /^containerInsights should be one of/,
    ],
    [
      'OVERRIDE without configuration',
      { configuration: { executeCommandConfiguration: { logging: 'OVERRIDE' } } },
      'InvalidParameterException',
      /logConfiguration must be specified/,
    ],
    [
      'configuration without OVERRIDE',
      { configuration: { executeCommandConfiguration: { logging: 'DEFAULT', logConfiguration: {} } } },
      'InvalidParameterException',
      /only be specified/,
    ],
    [
      '51 tags',
      { tags: Array.from({ length: 51 }, (_, i) => ({ key: `k${i}` })) },
      'InvalidParameterException',
      /at most 50 tags/,
    ],
  ];
  it.each(refused)('refuses %s', (_what, input, code, message) => expectRefusal(create(input), code, message));
});

describe('DescribeClusters', () => {
  it('describes the default cluster if none is named, with empty lists for members not asked for', async () => {
    const { clusters, failures } = await api().ecs.send(new DescribeClustersCommand({}));
    expect(failures).toEqual([]);
    expect(clusters).toMatchObject([{ clusterName: 'default', tags: [], settings: [], statistics: [] }]);
  });

  it('shows settings, tags and statistics as text if asked', async () => {
    const include = ['SETTINGS', 'STATISTICS', 'TAGS', 'CONFIGURATIONS', 'ATTACHMENTS'] as const;
    const { clusters } = await api().ecs.send(new DescribeClustersCommand({ include: [...include] }));
    expect(clusters?.[0]).toMatchObject({
      registeredContainerInstancesCount: 1,
      settings: [{ name: 'containerInsights', value: 'disabled' }],
      statistics: expect.arrayContaining([{ name: 'runningFargateTasksCount', value: '0' }]) as unknown,
      attachments: [],
    });
  });

  it('keeps the order, shows a cluster once, and reports unknown clusters as MISSING', async () => {
    await create({ clusterName: 'zebra' });
    const asked = ['zebra', 'nobody', `${ARN}default`, 'default'];
    const { clusters, failures } = await api().ecs.send(new DescribeClustersCommand({ clusters: asked }));
    expect(clusters?.map(({ clusterName }) => clusterName)).toEqual(['zebra', 'default']);
    expect(failures).toEqual([{ arn: `${ARN}nobody`, reason: 'MISSING' }]);
  });

  const refused = [
    [
      'another account',
      'arn:aws:ecs:us-east-1:999999999999:cluster/a',
      'Identifier is for 999999999999. Your accountId is 123456789012',
    ],
    [
      'another region',
      'arn:aws:ecs:eu-west-1:123456789012:cluster/a',
      'Identifier is for region eu-west-1. Your region is us-east-1',
    ],
    [
      'another kind',
      'arn:aws:ecs:us-east-1:123456789012:task/a/b',
      'Invalid identifier: expected the ARN of a cluster, but got one of a task.',
    ],
    ['no ARN', 'arn:aws:s3:::bucket', 'The ARN provided is invalid.'],
  ] as const;
  it.each(refused)('refuses an ARN of %s', (_what, cluster, message) =>
    expectRefusal(
      api().ecs.send(new DescribeClustersCommand({ clusters: [cluster] })),
      'InvalidParameterException',
      message,
    ),
  );
});

describe('ListClusters', () => {
  it('pages through the ACTIVE clusters', async () => {
    await create({ clusterName: 'page-1' });
    await create({ clusterName: 'page-2' });
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await api().ecs.send(new ListClustersCommand({ maxResults: 1, nextToken }));
      expect(page.clusterArns).toHaveLength(1);
      found.push(...(page.clusterArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(found).toEqual([...found].sort());
    expect(found).toEqual(expect.arrayContaining([`${ARN}default`, `${ARN}page-1`, `${ARN}page-2`]));
  });

  it('refuses tokens of another list and invented tokens', async () => {
    const { nextToken } = await api().ecs.send(new ListClustersCommand({ maxResults: 1 }));
    await expectRefusal(
      api().ecs.send(new ListTasksCommand({ nextToken })),
      'InvalidParameterException',
      'Invalid token',
    );
    await expectRefusal(
      api().ecs.send(new ListClustersCommand({ nextToken: 'x' })),
      'InvalidParameterException',
      'Invalid token',
    );
  });

  it.each([0, 101])('refuses maxResults %d', (maxResults) =>
    expectRefusal(
      api().ecs.send(new ListClustersCommand({ maxResults })),
      'InvalidParameterException',
      /between 1 and 100/,
    ),
  );
});

describe('UpdateCluster and UpdateClusterSettings', () => {
  it('change what they name and nothing else', async () => {
    await create({ clusterName: 'update', tags: [{ key: 'a', value: '1' }] });
    const configuration = { executeCommandConfiguration: { logging: 'NONE' as const } };
    await api().ecs.send(new UpdateClusterCommand({ cluster: 'update', configuration }));
    const settings = [{ name: 'containerInsights' as const, value: 'enhanced' }];
    const { cluster } = await api().ecs.send(new UpdateClusterSettingsCommand({ cluster: `${ARN}update`, settings }));
    expect(cluster).toMatchObject({ configuration, settings, tags: [{ key: 'a', value: '1' }] });
  });

  it('refuse an unknown cluster', () =>
    expectRefusal(
      api().ecs.send(new UpdateClusterCommand({ cluster: 'nobody' })),
      'ClusterNotFoundException',
      'Cluster not found.',
    ));
});

describe('DeleteCluster', () => {
  it('makes the cluster INACTIVE: describable, not listed, not usable, and creatable again', async () => {
    await create({ clusterName: 'gone', tags: [{ key: 'a', value: '1' }] });
    const { cluster } = await api().ecs.send(new DeleteClusterCommand({ cluster: 'gone' }));
    expect(cluster?.status).toBe('INACTIVE');
    const { clusters } = await api().ecs.send(new DescribeClustersCommand({ clusters: ['gone'] }));
    expect(clusters?.[0]?.status).toBe('INACTIVE');
    expect((await api().ecs.send(new ListClustersCommand({}))).clusterArns).not.toContain(`${ARN}gone`);
    const use = api().ecs.send(new ListTasksCommand({ cluster: 'gone' }));
    await expectRefusal(use, 'ClusterNotFoundException', 'The referenced cluster was inactive.');
    expect((await create({ clusterName: 'gone' })).cluster).toMatchObject({ status: 'ACTIVE', tags: [] });
  });

  it('refuses an unknown cluster', () =>
    expectRefusal(
      api().ecs.send(new DeleteClusterCommand({ cluster: 'nobody' })),
      'ClusterNotFoundException',
      'Cluster not found.',
    ));

  it('refuses a cluster in use', async () => {
    const { ecs, store } = api();
    await expectRefusal(
      ecs.send(new DeleteClusterCommand({ cluster: 'default' })),
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    );
    await create({ clusterName: 'busy' });
    await registerDefinition(store, 'web');
    await ecs.send(
      new CreateServiceCommand({ cluster: 'busy', serviceName: 'web', taskDefinition: 'web', desiredCount: 0 }),
    );
    await expectRefusal(
      ecs.send(new DeleteClusterCommand({ cluster: 'busy' })),
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    );
  });
});
