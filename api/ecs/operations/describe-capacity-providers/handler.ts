/** The DescribeCapacityProviders operation. */
import type { DescribeCapacityProvidersRequest, DescribeCapacityProvidersResponse } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../../model/arn.ts';
import { capacityProviderArn } from '../../../../model/arn.ts';
import { defined } from '../../../../model/defined.ts';
import type { Operation, OperationContext } from '../../../operation.ts';
import { presentCapacityProvider } from '../../present/capacity-provider.ts';
import { checkBatch } from '../../rules/identifiers.ts';
import { resolveProviderName } from '../../rules/capacity-provider.ts';
import { requireCluster } from '../../read/clusters.ts';
import { pageOf, SHORT_PAGE_SIZE } from '../../read/pages.ts';

const MOST_PROVIDERS = 100;

/**
 * Returns the named providers, INACTIVE ones included, or a page of all ACTIVE ones. Unknown ones are in `failures`.
 */
export const describeCapacityProviders: Operation<DescribeCapacityProvidersRequest, DescribeCapacityProvidersResponse> =
  {
    name: 'DescribeCapacityProviders',
    effect: 'reads',
    async handle(input, context) {
      const { partition } = context;
      const options = { includeTags: input.include?.includes('TAGS') ?? false };
      const asked = input.capacityProviders?.length
        ? input.capacityProviders
        : input.cluster === undefined
          ? undefined
          : (await requireCluster(context, input.cluster)).capacityProviders;
      if (asked !== undefined) return named(context, asked, options);
      const { items, nextToken } = await pageOf({
        list: ['DescribeCapacityProviders'],
        input,
        defaultSize: SHORT_PAGE_SIZE,
        load: (page) => context.store.listCapacityProviders(page),
      });
      return {
        capacityProviders: items.map((provider) => presentCapacityProvider(provider, partition, options)),
        failures: [],
        ...defined({ nextToken }),
      };
    },
  };

async function named(
  { store, partition }: OperationContext,
  asked: readonly string[],
  options: { readonly includeTags: boolean },
): Promise<DescribeCapacityProvidersResponse> {
  if (asked.length > 0) checkBatch('Capacity providers', asked, MOST_PROVIDERS);
  const names = [...new Set(asked.map((identifier) => resolveProviderName(identifier, partition)))];
  const found = new Map((await store.getCapacityProviders(names)).map((provider) => [provider.name, provider]));
  return {
    capacityProviders: names.flatMap((name) => {
      const provider = found.get(name);
      return provider === undefined ? [] : [presentCapacityProvider(provider, partition, options)];
    }),
    failures: names.filter((name) => !found.has(name)).map((name) => missing(partition, name)),
  };
}

const missing = (partition: Partition, name: string) => ({
  arn: capacityProviderArn(partition, name),
  reason: 'MISSING',
});
