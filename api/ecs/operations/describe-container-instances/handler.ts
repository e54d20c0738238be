/** The DescribeContainerInstances operation. */
import type { DescribeContainerInstancesRequest, DescribeContainerInstancesResponse } from '@aws-sdk/client-ecs';
import { containerInstanceArn } from '../../../../model/arn.ts';
import type { Operation } from '../../../operation.ts';
import { presentContainerInstance } from '../../../../model/wire/container-instance.ts';
import { missing } from '../../present/failure.ts';
import { readNamedInstances } from '../../read/container-instances.ts';

const MOST_INSTANCES = 100;

/**
 * Returns the instances that exist, recently deregistered ones included, in the requested order; the others are
 * MISSING.
 */
export const describeContainerInstances: Operation<
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse
> = {
  name: 'DescribeContainerInstances',
  effect: 'reads',
  async handle(input, context) {
    const { partition } = context;
    const { clusterName, ids, found } = await readNamedInstances(context, input, MOST_INSTANCES);
    const options = {
      includeTags: input.include?.includes('TAGS') ?? false,
      includeHealth: input.include?.includes('CONTAINER_INSTANCE_HEALTH') ?? false,
    };
    return {
      containerInstances: ids
        .flatMap((id) => found.get(id) ?? [])
        .map((instance) => presentContainerInstance(instance, partition, options)),
      failures: ids
        .filter((id) => !found.has(id))
        .map((id) => missing(containerInstanceArn(partition, clusterName, id))),
    };
  },
};
