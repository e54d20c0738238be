/** The UpdateClusterSettings operation. */
import type { UpdateClusterSettingsRequest, UpdateClusterSettingsResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { invalid } from '../../rules/refusals.ts';
import { resolveSettings } from '../../rules/cluster-settings.ts';
import { requireCluster } from '../../read/clusters.ts';
import { CHANGE_FIELDS, presentCluster } from '../../present/cluster.ts';

/** Changes a cluster's settings. */
export const updateClusterSettings: Operation<UpdateClusterSettingsRequest, UpdateClusterSettingsResponse> = {
  name: 'UpdateClusterSettings',
  effect: 'records',
  async handle(input, context) {
    if (!input.settings?.length) throw invalid('settings can not be empty.');
    const { clusterName, settings } = await requireCluster(context, input.cluster);
    const cluster = await context.store.updateCluster(clusterName, {
      settings: resolveSettings(input.settings, settings),
    });
    return { cluster: presentCluster(cluster, context.partition, CHANGE_FIELDS) };
  },
};
