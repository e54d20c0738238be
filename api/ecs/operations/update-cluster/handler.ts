/** The UpdateCluster operation. */
import type { UpdateClusterRequest, UpdateClusterResponse } from '@aws-sdk/client-ecs';
import { defined } from '../../../../model/defined.ts';
import type { Operation } from '../../../operation.ts';
import { unsupported } from '../../rules/refusals.ts';
import { checkConfiguration, resolveSettings } from '../../rules/cluster-settings.ts';
import { requireCluster } from '../../read/clusters.ts';
import { CHANGE_FIELDS, presentCluster } from '../../present/cluster.ts';

/** Changes the settings and configuration that the call names, and keeps the others. */
export const updateCluster: Operation<UpdateClusterRequest, UpdateClusterResponse> = {
  name: 'UpdateCluster',
  effect: 'records',
  async handle(input, context) {
    checkConfiguration(input.configuration);
    if (input.serviceConnectDefaults !== undefined) throw unsupported('serviceConnectDefaults');
    const { clusterName, settings } = await requireCluster(context, input.cluster);
    const cluster = await context.store.updateCluster(clusterName, {
      ...(input.settings === undefined ? {} : { settings: resolveSettings(input.settings, settings) }),
      ...defined({ configuration: input.configuration }),
    });
    return { cluster: presentCluster(cluster, context.partition, CHANGE_FIELDS) };
  },
};
