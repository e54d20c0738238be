import type { DeregisterContainerInstanceRequest, DeregisterContainerInstanceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { both } from '../../read/both.ts';
import { answerInstance, requireInstance } from '../../read/container-instances.ts';
import { resolveInstanceId } from '../../rules/identifiers.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';

/**
 * Takes an instance out of its cluster; it becomes INACTIVE. With tasks on it only when forced: they are marked STOPPED
 * and service tasks are replaced elsewhere. Deregistering an INACTIVE one changes nothing.
 */
export const deregisterContainerInstance: Operation<
  DeregisterContainerInstanceRequest,
  DeregisterContainerInstanceResponse
> = {
  name: 'DeregisterContainerInstance',
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
