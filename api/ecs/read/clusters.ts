/** The cluster of a request, read from the store. */
import type { ClusterRecord } from '../../../store/contract/clusters.ts';
import type { OperationContext } from '../../operation.ts';
import { resolveClusterName } from '../rules/clusters.ts';

/** The ACTIVE cluster that an input means. Throws ClusterNotFoundException with ECS's texts when there is none. */
export const requireCluster = (context: OperationContext, input: string | undefined): Promise<ClusterRecord> =>
  context.store.requireCluster(resolveClusterName(input, context));
