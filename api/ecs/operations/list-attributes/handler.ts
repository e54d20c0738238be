/** The ListAttributes operation. */
import type { ListAttributesRequest, ListAttributesResponse } from '@aws-sdk/client-ecs';
import { defined } from '../../../../model/defined.ts';
import type { Operation } from '../../../operation.ts';
import { invalid } from '../../rules/refusals.ts';
import { requireCluster } from '../../read/clusters.ts';
import { presentAttribute } from '../../present/attribute.ts';
import { pageOf } from '../../read/pages.ts';

/**
 * Lists the attributes of a cluster's container instances: all, those with one name, or those with one name and value.
 */
export const listAttributes: Operation<ListAttributesRequest, ListAttributesResponse> = {
  name: 'ListAttributes',
  effect: 'reads',
  async handle(input, context) {
    const { attributeName, attributeValue } = input;
    if (attributeValue !== undefined && attributeName === undefined) {
      throw invalid('attributeName must be specified with attributeValue.');
    }
    const { clusterName } = await requireCluster(context, input.cluster);
    const filter = {
      clusterName,
      ...defined({ name: attributeName, value: attributeValue }),
    };
    const { items, ...rest } = await pageOf({
      list: ['ListAttributes', clusterName, attributeName, attributeValue],
      input,
      load: (page) => context.store.listAttributes(filter, page),
    });
    return {
      attributes: items.map(({ instanceId, attribute }) =>
        presentAttribute(attribute, { clusterName, instanceId }, context),
      ),
      ...rest,
    };
  },
};
