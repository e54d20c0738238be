/** The DeregisterContainerInstance operation. */
import type { DeregisterContainerInstanceRequest, DeregisterContainerInstanceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { both } from '../../read/both.ts';
import { answerInstance, requireInstance } from '../../read/container-instances.ts';
import { resolveInstanceId } from '../../rules/identifiers.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';

/**
 * Removes an instance from its cluster; it becomes INACTIVE. If it has tasks, this needs force: they are marked
 * STOPPED, and services replace theirs elsewhere. Deregistering an INACTIVE instance changes nothing.
 */
export const deregisterContainerInstance: Operation<
  DeregisterContainerInstanceRequest,
  DeregisterContainerInstanceResponse
> = {
  name: 'DeregisterContainerInstance',
  effect: 'frees',
  async handle(input, context) {
    const clusterName = resolveClusterName(input.cluster, context);
    const id = resolveInstanceId(input.containerInstance ?? '', { clusterName, ...context });
    const [, instance] = await both(requireCluster(context, input.cluster), requireInstance(context, clusterName, id));
    if (instance.status !== 'INACTIVE') {
      await context.workflows.deregisterInstance(clusterName, id, input.force ?? false);
    }
    return answerInstance(context, clusterName, id);
  },
};
