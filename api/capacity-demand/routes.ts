/**
 * GET /v1/clusters/{cluster}/capacity-providers/{name}/demand: how many instances the provider's group needs.
 * Longshore's own route, not ECS's.
 */
import type { Express, Request, Response } from 'express';
import type { Partition } from '../../model/arn.ts';
import { providerDemand } from '../../model/provider-demand.ts';
import type { Store } from '../../store/contract/store.ts';
import { resolveClusterName } from '../ecs/rules/clusters.ts';
import { ownAction } from '../auth/authorize.ts';
import type { Calls } from '../protocol/calls.ts';
import { providerNotFound, resolveProviderName } from '../ecs/rules/capacity-provider.ts';

export interface DemandRoutes {
  readonly calls: Calls;
  readonly store: Store;
  readonly partition: Partition;
}

/** Adds the route. The figures are those of ECS's managed scaling; nothing scales groups by them yet. */
export function addDemandRoute(app: Express, { calls, store, partition }: DemandRoutes): void {
  app.get('/v1/clusters/:cluster/capacity-providers/:name/demand', async (request: Request, response: Response) => {
    await calls.authorize(response, ownAction('GetProviderDemand'));
    const { cluster, name = '' } = request.params as Record<string, string>;
    const clusterName = resolveClusterName(cluster, { partition });
    await store.requireCluster(clusterName);
    const providerName = resolveProviderName(name, partition);
    const [provider] = await store.getCapacityProviders([providerName]);
    if (provider?.autoScalingGroupProvider === undefined) throw providerNotFound();
    const body = providerDemand(await store.getProviderGroup(clusterName, providerName));
    await calls.succeed(response, { status: 200, body });
  });
}
