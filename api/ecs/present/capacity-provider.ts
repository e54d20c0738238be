/** Presents capacity providers. */
import type { CapacityProvider } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../model/arn.ts';
import { capacityProviderArn } from '../../../model/arn.ts';
import type { CapacityProviderRecord } from '../../../model/capacity-provider.ts';

export function presentCapacityProvider(
  provider: CapacityProviderRecord,
  partition: Partition,
  { includeTags }: { readonly includeTags: boolean },
): CapacityProvider {
  const { name, status, autoScalingGroupProvider, updateStatus } = provider;
  return {
    capacityProviderArn: capacityProviderArn(partition, name),
    name,
    status,
    type: name === 'FARGATE' || name === 'FARGATE_SPOT' ? name : 'EC2_AUTOSCALING',
    ...(autoScalingGroupProvider === undefined ? {} : { autoScalingGroupProvider }),
    ...(updateStatus === undefined ? {} : { updateStatus }),
    tags: includeTags ? [...provider.tags] : [],
  };
}
