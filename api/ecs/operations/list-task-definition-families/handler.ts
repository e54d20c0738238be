/** The ListTaskDefinitionFamilies operation. */
import type { ListTaskDefinitionFamiliesRequest, ListTaskDefinitionFamiliesResponse } from '@aws-sdk/client-ecs';
import { defined } from '../../../../model/defined.ts';
import type { Operation } from '../../../operation.ts';
import { pageOf } from '../../read/pages.ts';

/** Lists the families whose names begin with `familyPrefix`. A family without an ACTIVE revision is INACTIVE. */
export const listTaskDefinitionFamilies: Operation<
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse
> = {
  name: 'ListTaskDefinitionFamilies',
  effect: 'reads',
  async handle(input, { store }) {
    const { familyPrefix, status = 'ALL' } = input;
    const filter = { status, ...defined({ prefix: familyPrefix }) };
    const { items, ...rest } = await pageOf({
      list: ['ListTaskDefinitionFamilies', familyPrefix, status],
      input,
      load: (page) => store.listFamilies(filter, page),
    });
    return { families: [...items], ...rest };
  },
};
