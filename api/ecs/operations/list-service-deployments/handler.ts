/** The ListServiceDeployments operation. */
import type { ListServiceDeploymentsRequest, ListServiceDeploymentsResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { presentServiceDeploymentBrief } from '../../present/service-deployment.ts';
import { both } from '../../read/both.ts';
import { requireService } from '../../read/services.ts';
import { canonicalJson } from '../../digest.ts';
import { clusterOf, resolveIdentifier } from '../../rules/identifiers.ts';
import { member } from '../../members.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { pageOf } from '../../read/pages.ts';

const PAGE_SIZE = 20;

/** Lists a service's deployments, newest first, by default twenty a page. */
export const listServiceDeployments: Operation<ListServiceDeploymentsRequest, ListServiceDeploymentsResponse> = {
  name: 'ListServiceDeployments',
  effect: 'reads',
  async handle(input, context) {
    const { partition, store } = context;
    const cluster = clusterOf(input.cluster, input.service ?? '', { partition });
    const clusterName = resolveClusterName(cluster, context);
    const serviceName = resolveIdentifier('service', input.service ?? '', { clusterName, partition });
    const filter = {
      clusterName,
      serviceName,
      statuses: [...new Set(input.status)].sort(),
      ...member('createdAfter', input.createdAt?.after?.getTime()),
      ...member('createdBefore', input.createdAt?.before?.getTime()),
    };
    const [record, { items, ...rest }] = await both(
      requireCluster(context, cluster).then(() => requireService(context, clusterName, serviceName)),
      pageOf({
        list: ['ListServiceDeployments', canonicalJson(filter)],
        input,
        defaultSize: PAGE_SIZE,
        load: (page) => store.listServiceDeployments(filter, page),
      }),
    );
    return {
      serviceDeployments: items.map((deployment) => presentServiceDeploymentBrief(deployment, record, partition)),
      ...rest,
    };
  },
};
