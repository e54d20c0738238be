/**
 * POST /v1/clusters/{cluster}/container-instances/{id}/interruption: gives notice of a spot interruption. Longshore's
 * own route, not ECS's.
 */
import type { Express, Request, Response } from 'express';
import type { Partition } from '../../model/arn.ts';
import type { Store } from '../../store/contract/store.ts';
import { resolveClusterName } from '../ecs/rules/clusters.ts';
import { ownAction } from '../auth/authorize.ts';
import type { Calls } from '../protocol/calls.ts';
import { answerInstance, requireInstance } from '../ecs/read/container-instances.ts';
import { resolveInstanceId } from '../ecs/rules/identifiers.ts';

export interface InterruptionRoutes {
  readonly calls: Calls;
  readonly store: Store;
  readonly partition: Partition;
}

/** The operation's name in the OpenAPI document and in policies. */
const OPERATION = 'InterruptContainerInstance';
const PATH = '/v1/clusters/:cluster/container-instances/:containerInstance/interruption';

/** Adds the route. It answers with the instance, which is DRAINING. A second notice changes nothing. */
export function addInterruptionRoute(app: Express, { calls, store, partition }: InterruptionRoutes): void {
  app.post(PATH, async (request: Request, response: Response) => {
    await calls.authorize(response, ownAction(OPERATION));
    const { cluster = '', containerInstance = '' } = request.params as Record<string, string>;
    const clusterName = resolveClusterName(cluster, { partition });
    await store.requireCluster(clusterName);
    const id = resolveInstanceId(containerInstance, { clusterName, partition });
    await requireInstance({ store }, clusterName, id);
    await calls.contextOf(response, OPERATION).workflows.interruptInstance(clusterName, id);
    const body = await answerInstance({ store, partition }, clusterName, id);
    await calls.succeed(response, { status: 202, body });
  });
}
