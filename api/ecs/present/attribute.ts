/** Presents attributes of container instances. */
import type { Attribute as WireAttribute } from '@aws-sdk/client-ecs';
import { containerInstanceArn, type Partition } from '../../../model/arn.ts';
import type { Attribute } from '../../../model/container-instance.ts';
import { defined } from '../../../model/defined.ts';

/** The only kind of resource that has attributes. */
const ATTRIBUTE_TARGET_TYPE = 'container-instance';

/** The attribute as the API shows it, with the ARN of its instance. */
export const presentAttribute = (
  attribute: Attribute,
  of: { readonly clusterName: string; readonly instanceId: string },
  { partition }: { readonly partition: Partition },
): WireAttribute => ({
  name: attribute.name,
  ...defined({ value: attribute.value }),
  targetType: ATTRIBUTE_TARGET_TYPE,
  targetId: containerInstanceArn(partition, of.clusterName, of.instanceId),
});
