/** The ListTaskDefinitions operation. */
import type { ListTaskDefinitionsRequest, ListTaskDefinitionsResponse } from '@aws-sdk/client-ecs';
import { taskDefinitionArn } from '../../../../model/arn.ts';
import { defined } from '../../../../model/defined.ts';
import type { Operation } from '../../../operation.ts';
import { pageOf } from '../../read/pages.ts';

/** Lists ARNs by family and revision. `familyPrefix` must be the whole family name, as in ECS. */
export const listTaskDefinitions: Operation<ListTaskDefinitionsRequest, ListTaskDefinitionsResponse> = {
  name: 'ListTaskDefinitions',
  effect: 'reads',
  async handle(input, { store, partition }) {
    const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input;
    const filter = { status, sort, ...defined({ family: familyPrefix }) };
    const { items, ...rest } = await pageOf({
      list: ['ListTaskDefinitions', familyPrefix, status, sort],
      input,
      load: (page) => store.listTaskDefinitions(filter, page),
    });
    return {
      taskDefinitionArns: items.map(({ family, revision }) => taskDefinitionArn(partition, family, revision)),
      ...rest,
    };
  },
};
