/** The DescribeServices operation. */
import type { DescribeServicesRequest, DescribeServicesResponse } from '@aws-sdk/client-ecs';
import { missingServiceArn } from '../../../../model/arn.ts';
import type { Operation } from '../../../operation.ts';
import { missing } from '../../present/failure.ts';
import { both } from '../../read/both.ts';
import { describeService } from '../../read/services.ts';
import { checkBatch, resolveIdentifier } from '../../rules/identifiers.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';

const MOST_SERVICES = 10;

/** Returns the services that exist, recently deleted ones included, in the requested order; the others are MISSING. */
export const describeServices: Operation<DescribeServicesRequest, DescribeServicesResponse> = {
  name: 'DescribeServices',
  effect: 'reads',
  async handle(input, context) {
    const identifiers = input.services ?? [];
    checkBatch('Services', identifiers, MOST_SERVICES);
    const clusterName = resolveClusterName(input.cluster, context);
    const { partition, store } = context;
    const names = [
      ...new Set(identifiers.map((service) => resolveIdentifier('service', service, { clusterName, partition }))),
    ];
    const [, records] = await both(requireCluster(context, input.cluster), store.getServices(clusterName, names));
    const byName = new Map(records.map((record) => [record.definition.serviceName, record]));
    const includeTags = input.include?.includes('TAGS') ?? false;
    return {
      services: await Promise.all(
        names
          .flatMap((name) => byName.get(name) ?? [])
          .map((record) => describeService(context, record, { includeTags })),
      ),
      failures: names.filter((name) => !byName.has(name)).map((name) => missing(missingServiceArn(partition, name))),
    };
  },
};
