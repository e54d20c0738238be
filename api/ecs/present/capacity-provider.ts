/** Presents capacity providers. */
import type { CapacityProvider } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../model/arn.ts';
import { capacityProviderArn } from '../../../model/arn.ts';
import type { CapacityProviderRecord } from '../../../model/capacity-provider.ts';
import { defined } from '../../../model/defined.ts';

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
    ...defined({ autoScalingGroupProvider, updateStatus }),
    tags: includeTags ? [...provider.tags] : [],
  };
}
