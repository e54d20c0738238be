/** The DescribeClusters operation. */
import type { DescribeClustersRequest, DescribeClustersResponse } from '@aws-sdk/client-ecs';
import { clusterArn } from '../../../../model/arn.ts';
import type { Operation } from '../../../operation.ts';
import { checkBatch } from '../../rules/identifiers.ts';
import { DEFAULT_CLUSTER_NAME, resolveClusterName } from '../../rules/clusters.ts';
import { presentCluster } from '../../present/cluster.ts';

const MAX_CLUSTERS = 100;

/** Returns the named clusters, INACTIVE ones included, in the requested order. Unknown ones are in `failures`. */
export const describeClusters: Operation<DescribeClustersRequest, DescribeClustersResponse> = {
  name: 'DescribeClusters',
  effect: 'reads',
  async handle(input, context) {
    const asked = input.clusters?.length ? input.clusters : [DEFAULT_CLUSTER_NAME];
    checkBatch('Clusters', asked, MAX_CLUSTERS);
    const names = [...new Set(asked.map((cluster) => resolveClusterName(cluster, context)))];
    const found = new Map((await context.store.getClusters(names)).map((cluster) => [cluster.clusterName, cluster]));
    const { partition } = context;
    return {
      clusters: names.flatMap((name) => {
        const cluster = found.get(name);
        return cluster === undefined ? [] : [presentCluster(cluster, partition, input.include ?? [])];
      }),
      failures: names
        .filter((name) => !found.has(name))
        .map((name) => ({ arn: clusterArn(partition, name), reason: 'MISSING' })),
    };
  },
};
