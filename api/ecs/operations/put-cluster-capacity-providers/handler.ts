/** The PutClusterCapacityProviders operation. */
import type { PutClusterCapacityProvidersRequest, PutClusterCapacityProvidersResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { resolveClusterProviders } from '../../rules/capacity-provider-strategy.ts';
import { callCause } from '../../call-cause.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { CHANGE_FIELDS, presentCluster } from '../../present/cluster.ts';

/** Replaces a cluster's providers and its default strategy. Refuses to remove a provider that is in use. */
export const putClusterCapacityProviders: Operation<
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse
> = {
  name: 'PutClusterCapacityProviders',
  effect: 'records',
  async handle(input, context) {
    const providers = resolveClusterProviders(input, context.partition);
    const clusterName = resolveClusterName(input.cluster, context);
    const cluster = await context.store.putClusterCapacityProviders(
      clusterName,
      providers,
      callCause('PutClusterCapacityProviders', context),
    );
    return { cluster: presentCluster(cluster, context.partition, [...CHANGE_FIELDS, 'ATTACHMENTS']) };
  },
};
