/** The ListServices operation. */
import type { ListServicesRequest, ListServicesResponse } from '@aws-sdk/client-ecs';
import { serviceArn } from '../../../../model/arn.ts';
import type { Operation } from '../../../operation.ts';
import { member } from '../../members.ts';
import { both } from '../../read/both.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { pageOf, SHORT_PAGE_SIZE } from '../../read/pages.ts';

/** Lists the ARNs of ACTIVE services, by default ten a page. */
export const listServices: Operation<ListServicesRequest, ListServicesResponse> = {
  name: 'ListServices',
  effect: 'reads',
  async handle(input, context) {
    const clusterName = resolveClusterName(input.cluster, context);
    const { launchType, schedulingStrategy, resourceManagementType } = input;
    const filter = {
      clusterName,
      ...member('launchType', launchType),
      ...member('schedulingStrategy', schedulingStrategy),
    };
    // Only Express Mode creates services whose resources ECS itself manages, and Longshore does not have it.
    const none = resourceManagementType === 'ECS';
    const [, { items, ...rest }] = await both(
      requireCluster(context, input.cluster),
      pageOf({
        list: ['ListServices', clusterName, launchType, schedulingStrategy, resourceManagementType],
        input,
        defaultSize: SHORT_PAGE_SIZE,
        load: (page) => (none ? Promise.resolve({ items: [] }) : context.store.listServices(filter, page)),
      }),
    );
    return { serviceArns: items.map((name) => serviceArn(context.partition, clusterName, name)), ...rest };
  },
};
