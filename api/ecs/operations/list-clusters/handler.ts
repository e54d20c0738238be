/** The ListClusters operation. */
import type { ListClustersRequest, ListClustersResponse } from '@aws-sdk/client-ecs';
import { clusterArn } from '../../../../model/arn.ts';
import type { Operation } from '../../../operation.ts';
import { pageOf } from '../../read/pages.ts';

/** Lists the ARNs of all ACTIVE clusters, by name. */
export const listClusters: Operation<ListClustersRequest, ListClustersResponse> = {
  name: 'ListClusters',
  effect: 'reads',
  async handle(input, { store, partition }) {
    const { items, ...rest } = await pageOf({
      list: ['ListClusters'],
      input,
      load: (page) => store.listClusters(page),
    });
    return { clusterArns: items.map((name) => clusterArn(partition, name)), ...rest };
  },
};
