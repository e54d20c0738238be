/** The DescribeTaskSets operation. */
import type { DescribeTaskSetsRequest, DescribeTaskSetsResponse } from '@aws-sdk/client-ecs';
import { taskSetArn } from '../../../../model/arn.ts';
import type { Operation } from '../../../operation.ts';
import { missing } from '../../present/failure.ts';
import { presentTaskSet } from '../../present/task-set.ts';
import { requireTaskSetService } from '../../read/task-sets.ts';
import { resolveTaskSetId } from '../../rules/task-sets.ts';

/** Returns the requested task sets, or all of the service's. Those that do not exist are MISSING. */
export const describeTaskSets: Operation<DescribeTaskSetsRequest, DescribeTaskSetsResponse> = {
  name: 'DescribeTaskSets',
  effect: 'reads',
  async handle(input, context) {
    const { partition } = context;
    const record = await requireTaskSetService({ cluster: input.cluster, service: input.service }, context);
    const { clusterName: cluster, serviceName: service } = record.definition;
    const known = new Map(record.deployments.map((deployment) => [deployment.deploymentId, deployment]));
    const named = (input.taskSets ?? []).map((taskSet) => resolveTaskSetId(taskSet, record, context));
    const ids = named.length > 0 ? [...new Set(named)] : [...known.keys()];
    const includeTags = input.include?.includes('TAGS') ?? false;
    return {
      taskSets: ids.flatMap((id) => {
        const found = known.get(id);
        return found === undefined ? [] : [presentTaskSet(found, { record, partition }, { includeTags })];
      }),
      failures: ids
        .filter((id) => !known.has(id))
        .map((taskSetId) => missing(taskSetArn(partition, { cluster, service, taskSetId }))),
    };
  },
};
