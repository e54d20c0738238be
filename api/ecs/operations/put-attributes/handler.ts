/** The PutAttributes operation. */
import type { PutAttributesRequest, PutAttributesResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { callCause } from '../../call-cause.ts';
import { tellOfAttributes } from '../../changed-attributes.ts';
import { presentAttribute } from '../../present/attribute.ts';
import { readAttributeTargets } from '../../read/attribute-targets.ts';

/** Sets custom attributes of container instances. Looks up every target before it sets the first attribute. */
export const putAttributes: Operation<PutAttributesRequest, PutAttributesResponse> = {
  name: 'PutAttributes',
  effect: 'records',
  async handle(input, context) {
    const { clusterName, groups } = await readAttributeTargets(input, context);
    const cause = callCause('PutAttributes', context);
    for (const [instanceId, attributes] of groups)
      await context.store.putAttributes(clusterName, instanceId, attributes, cause);
    await tellOfAttributes(context, clusterName, groups);
    return {
      attributes: [...groups].flatMap(([instanceId, attributes]) =>
        attributes.map((attribute) => presentAttribute(attribute, { clusterName, instanceId }, context)),
      ),
    };
  },
};
