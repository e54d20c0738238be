/** The DeleteCluster operation. */
import type { DeleteClusterRequest, DeleteClusterResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { CHANGE_FIELDS, presentCluster } from '../../present/cluster.ts';

/** Makes an empty cluster INACTIVE. Refuses while the cluster has container instances, services or tasks. */
export const deleteCluster: Operation<DeleteClusterRequest, DeleteClusterResponse> = {
  name: 'DeleteCluster',
  effect: 'frees',
  async handle(input, context) {
    const cluster = await context.store.deleteCluster(resolveClusterName(input.cluster, context));
    return { cluster: presentCluster(cluster, context.partition, CHANGE_FIELDS) };
  },
};
