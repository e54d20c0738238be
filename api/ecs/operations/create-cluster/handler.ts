/** The CreateCluster operation. */
import type { CreateClusterRequest, CreateClusterResponse } from '@aws-sdk/client-ecs';
import { newClusterSettings } from '../../../../model/account-setting.ts';
import { defined } from '../../../../model/defined.ts';
import type { Operation } from '../../../operation.ts';
import { settingOf } from '../../read/account-settings.ts';
import { resolveClusterProviders } from '../../rules/capacity-provider-strategy.ts';
import { unsupported } from '../../rules/refusals.ts';
import { checkConfiguration, resolveSettings } from '../../rules/cluster-settings.ts';
import { DEFAULT_CLUSTER_NAME } from '../../rules/clusters.ts';
import { checkName } from '../../rules/names.ts';
import { CHANGE_FIELDS, presentCluster } from '../../present/cluster.ts';
import { validateTags } from '../../rules/tags.ts';

/** Creates a cluster. If an ACTIVE one has the same name, the answer is that cluster, as in ECS. */
export const createCluster: Operation<CreateClusterRequest, CreateClusterResponse> = {
  name: 'CreateCluster',
  effect: 'records',
  async handle(input, context) {
    const { store, partition, now } = context;
    const clusterName = input.clusterName ?? DEFAULT_CLUSTER_NAME;
    checkName('Cluster name', clusterName);
    checkConfiguration(input.configuration);
    const providers = resolveClusterProviders(input, partition);
    if (input.serviceConnectDefaults !== undefined) throw unsupported('serviceConnectDefaults');
    const ownSettings = newClusterSettings(await settingOf('containerInsights', context));
    const cluster = await store.createCluster({
      clusterName,
      status: 'ACTIVE',
      createdAt: now,
      settings: resolveSettings(input.settings, ownSettings),
      ...defined({ configuration: input.configuration }),
      ...providers,
      tags: validateTags(input.tags),
    });
    return { cluster: presentCluster(cluster, partition, CHANGE_FIELDS) };
  },
};
