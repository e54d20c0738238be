import type {
  Failure,
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse,
} from '@aws-sdk/client-ecs';
import { containerInstanceArn } from '../../../../model/arn.ts';
import { isEcsError } from '../../../../model/errors.ts';
import type { Operation, OperationContext } from '../../../operation.ts';
import { presentContainerInstance } from '../../../../model/wire/container-instance.ts';
import { both } from '../../read/both.ts';
import type { CountedInstance } from '../../../../model/container-instance.ts';
import { readInstances } from '../../read/container-instances.ts';
import { checkBatch, resolveInstanceId } from '../../rules/identifiers.ts';
import { invalid } from '../../rules/refusals.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';

const MOST_INSTANCES = 10;

/** Sets instances DRAINING, so that their service tasks move elsewhere, or ACTIVE again. Those it cannot are in `failures`. */
export const updateContainerInstancesState: Operation<
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse
> = {
  name: 'UpdateContainerInstancesState',
  async handle(input, context) {
    const status = settableStatus(input.status);
    const identifiers = input.containerInstances ?? [];
    checkBatch('Container instance', identifiers, MOST_INSTANCES);
    const clusterName = resolveClusterName(input.cluster, context);
    const { partition } = context;
    const scope = { clusterName, partition };
    const ids = [...new Set(identifiers.map((identifier) => resolveInstanceId(identifier, scope)))];
    const [, before] = await both(requireCluster(context, input.cluster), readInstances(context, clusterName, ids));
    const failures = (
      await Promise.all(ids.map((id) => setStatus(context, { clusterName, id, status, instance: before.get(id) })))
    ).filter((failure) => failure !== undefined);
    const failed = new Set(failures.map((failure) => failure.arn));
    const changed = ids.filter((id) => !failed.has(containerInstanceArn(partition, clusterName, id)));
    const after = await readInstances(context, clusterName, changed);
    return {
      containerInstances: changed
        .flatMap((id) => after.get(id) ?? [])
        .map((instance) => presentContainerInstance(instance, partition, { includeTags: true })),
      failures,
    };
  },
};

function settableStatus(status: string | undefined): 'ACTIVE' | 'DRAINING' {
  if (status === 'ACTIVE' || status === 'DRAINING') return status;
  throw invalid('Container instance status should be one of [ACTIVE, DRAINING]');
}

/** Changes one instance; a failure when there is none, or when it is in no state to change. */
async function setStatus(
  { workflows, partition }: OperationContext,
  change: {
    readonly clusterName: string;
    readonly id: string;
    readonly status: 'ACTIVE' | 'DRAINING';
    readonly instance: CountedInstance | undefined;
  },
): Promise<Failure | undefined> {
  const { clusterName, id, status, instance } = change;
  const arn = containerInstanceArn(partition, clusterName, id);
  if (instance === undefined) return { arn, reason: 'MISSING' };
  if (instance.status === 'INACTIVE') return { arn, reason: 'INACTIVE' };
  try {
    await workflows.setInstanceStatus(clusterName, id, status);
    return undefined;
  } catch (error) {
    if (isEcsError(error) && error.code === 'InvalidParameterException') {
      return { arn, reason: 'INACTIVE', detail: error.message };
    }
    throw error;
  }
}
