/** The DeleteAttributes operation. */
import type { Attribute, DeleteAttributesRequest, DeleteAttributesResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { callCause } from '../../call-cause.ts';
import { tellOfAttributes } from '../../changed-attributes.ts';
import { presentAttribute } from '../../present/attribute.ts';
import { readAttributeTargets } from '../../read/attribute-targets.ts';

/** Removes custom attributes and answers with those that existed. */
export const deleteAttributes: Operation<DeleteAttributesRequest, DeleteAttributesResponse> = {
  name: 'DeleteAttributes',
  effect: 'frees',
  async handle(input, context) {
    const { clusterName, groups } = await readAttributeTargets(input, context);
    const removed: Attribute[] = [];
    const cause = callCause('DeleteAttributes', context);
    for (const [instanceId, attributes] of groups) {
      for (const attribute of await context.store.deleteAttributes(clusterName, instanceId, attributes, cause)) {
        removed.push(presentAttribute(attribute, { clusterName, instanceId }, context));
      }
    }
    await tellOfAttributes(context, clusterName, groups);
    return { attributes: removed };
  },
};
