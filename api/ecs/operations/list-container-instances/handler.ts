/** The ListContainerInstances operation. */
import type {
  ContainerInstanceStatus,
  ListContainerInstancesRequest,
  ListContainerInstancesResponse,
} from '@aws-sdk/client-ecs';
import { containerInstanceArn } from '../../../../model/arn.ts';
import { parseClusterQuery, queryInstances } from '../../../../model/cluster-query/index.ts';
import type { Page, PageRequest } from '../../../../store/contract/page.ts';
import type { Operation, OperationContext } from '../../../operation.ts';
import { member } from '../../members.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { pageOf } from '../../read/pages.ts';

interface Selection {
  readonly clusterName: string;
  readonly status?: ContainerInstanceStatus;
}

/**
 * Lists the ARNs of container instances that are not INACTIVE, filtered by status and by an expression of the cluster
 * query language.
 */
export const listContainerInstances: Operation<ListContainerInstancesRequest, ListContainerInstancesResponse> = {
  name: 'ListContainerInstances',
  effect: 'reads',
  async handle(input, context) {
    const { filter, status } = input;
    const { clusterName } = await requireCluster(context, input.cluster);
    const selection: Selection = { clusterName, ...member('status', status) };
    const { items, ...rest } = await pageOf({
      list: ['ListContainerInstances', resolveClusterName(input.cluster, context), filter, status],
      input,
      load: (page) =>
        filter === undefined || filter === ''
          ? context.store.listInstances(selection, page)
          : queryPage(context, { ...selection, filter }, page),
    });
    const { partition } = context;
    return { containerInstanceArns: items.map((id) => containerInstanceArn(partition, clusterName, id)), ...rest };
  },
};

/**
 * Runs the query over all instances at once, and cuts a page from the result by id, so that pages stay stable between
 * calls.
 */
async function queryPage(
  { store }: Pick<OperationContext, 'store'>,
  { clusterName, status, filter }: Selection & { readonly filter: string },
  { limit, after = '' }: PageRequest,
): Promise<Page<string>> {
  const query = parseClusterQuery(filter);
  const ids = queryInstances(query, await store.snapshotForQuery(clusterName, status));
  const rest = ids.filter((id) => id > after).sort();
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, ...(rest.length > limit && last !== undefined ? { next: last } : {}) };
}
