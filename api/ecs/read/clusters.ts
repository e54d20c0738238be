/** Reads a request's cluster from the store. */
import type { ClusterRecord } from '../../../store/contract/clusters.ts';
import type { OperationContext } from '../../operation.ts';
import { resolveClusterName } from '../rules/clusters.ts';

/**
 * Returns the ACTIVE cluster that the request means. Throws ClusterNotFoundException with ECS's message if there is
 * none.
 */
export const requireCluster = (context: OperationContext, input: string | undefined): Promise<ClusterRecord> =>
  context.store.requireCluster(resolveClusterName(input, context));
