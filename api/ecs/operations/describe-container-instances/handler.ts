import type { DescribeContainerInstancesRequest, DescribeContainerInstancesResponse } from '@aws-sdk/client-ecs';
import { containerInstanceArn } from '../../../../model/arn.ts';
import type { Operation } from '../../../operation.ts';
import { presentContainerInstance } from '../../../../model/wire/container-instance.ts';
import { missing } from '../../present/failure.ts';
import { both } from '../../read/both.ts';
import { readInstances } from '../../read/container-instances.ts';
import { checkBatch, resolveInstanceId } from '../../rules/identifiers.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';

const MOST_INSTANCES = 100;

/** The instances that exist, recently deregistered ones included, in the order asked for; the others are MISSING. */
export const describeContainerInstances: Operation<
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse
> = {
  name: 'DescribeContainerInstances',
  async handle(input, context) {
    const identifiers = input.containerInstances ?? [];
    checkBatch('Container instance', identifiers, MOST_INSTANCES);
    const clusterName = resolveClusterName(input.cluster, context);
    const { partition } = context;
    const scope = { clusterName, partition };
    const ids = [...new Set(identifiers.map((identifier) => resolveInstanceId(identifier, scope)))];
    const [, found] = await both(requireCluster(context, input.cluster), readInstances(context, clusterName, ids));
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
