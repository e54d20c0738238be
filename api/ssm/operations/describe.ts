/** DescribeParameters: what there is, without values. */
import type { DescribeParametersRequest, DescribeParametersResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../operation.ts';
import { scanned, tokenPage } from '../../protocol/pages.ts';
import { presentMetadata } from '../present.ts';
import { badToken, invalid } from '../refusals.ts';
import { filterNames, filterOf, olderFilterOf } from '../rules/filters.ts';

const PAGE = 50;

export const describeParameters: Operation<DescribeParametersRequest, DescribeParametersResult> = {
  name: 'DescribeParameters',
  effect: 'reads',
  async handle(input, { store, partition }) {
    const { Filters: older, ParameterFilters: filters } = input;
    if (older !== undefined && filters !== undefined) {
      throw invalid('You can use either Filters or ParameterFilters in a single request.');
    }
    const keep = older === undefined ? filterOf(filters, 'DescribeParameters') : olderFilterOf(older);
    const list = ['DescribeParameters', older === undefined ? 'new' : 'old', ...filterNames(older ?? filters)];
    const { items, paging } = await tokenPage({ list, defaultSize: PAGE, badToken }, input, (page) =>
      scanned(page, { load: (batch) => store.listParameters('', batch), keep, keyOf: ({ name }) => name }),
    );
    return { Parameters: items.map((parameter) => presentMetadata(parameter, partition)), ...paging };
  },
};
