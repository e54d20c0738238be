/** The UpdateContainerInstancesState operation. */
import type {
  Failure,
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse,
} from '@aws-sdk/client-ecs';
import { containerInstanceArn } from '../../../../model/arn.ts';
import { isEcsError } from '../../../../model/errors.ts';
import type { Operation, OperationContext } from '../../../operation.ts';
import { presentContainerInstance } from '../../../../model/wire/container-instance.ts';
import type { CountedInstance } from '../../../../model/container-instance.ts';
import { missing } from '../../present/failure.ts';
import { readInstances, readNamedInstances } from '../../read/container-instances.ts';
import { invalid } from '../../rules/refusals.ts';

const MOST_INSTANCES = 10;

/**
 * Sets instances DRAINING, so that services replace their tasks elsewhere, or ACTIVE again. Instances that it cannot
 * change are in `failures`.
 */
export const updateContainerInstancesState: Operation<
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse
> = {
  name: 'UpdateContainerInstancesState',
  effect: 'records',
  async handle(input, context) {
    const status = settableStatus(input.status);
    const { partition } = context;
    const { clusterName, ids, found } = await readNamedInstances(context, input, MOST_INSTANCES);
    const failures = (
      await Promise.all(ids.map((id) => setStatus(context, { clusterName, id, status, instance: found.get(id) })))
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

/** Changes one instance. Returns a failure if it does not exist or its status cannot change. */
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
  if (instance === undefined) return missing(arn);
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
