/** The ListTasks operation. */
import type { ListTasksRequest, ListTasksResponse } from '@aws-sdk/client-ecs';
import { taskArn } from '../../../../model/arn.ts';
import type { TaskFilter } from '../../../../store/contract/tasks.ts';
import type { Operation, OperationContext } from '../../../operation.ts';
import { member } from '../../members.ts';
import { both } from '../../read/both.ts';
import { requireService } from '../../read/services.ts';
import { canonicalJson } from '../../digest.ts';
import { resolveIdentifier, resolveInstanceId } from '../../rules/identifiers.ts';
import { unsupported } from '../../rules/refusals.ts';
import { requireCluster } from '../../read/clusters.ts';
import { resolveClusterName } from '../../rules/clusters.ts';
import { pageOf } from '../../read/pages.ts';
import { checkFilters } from './rules.ts';

/** Lists the ARNs of tasks. The default `desiredStatus` is RUNNING. */
export const listTasks: Operation<ListTasksRequest, ListTasksResponse> = {
  name: 'ListTasks',
  effect: 'reads',
  async handle(input, context) {
    if (input.daemonName !== undefined) throw unsupported('daemonName');
    checkFilters(input);
    const clusterName = resolveClusterName(input.cluster, context);
    const filter = buildFilter(input, clusterName, context);
    const list = ['ListTasks', canonicalJson(filter), input.desiredStatus];
    // ECS never sets a desired status of PENDING, so no task has it.
    const pending = input.desiredStatus === 'PENDING';
    const [, { items, ...rest }] = await both(
      both(requireCluster(context, input.cluster), requireKnownService(filter, context)),
      pageOf({
        list,
        input,
        load: (page) => (pending ? Promise.resolve({ items: [] }) : context.store.listTasks(filter, page)),
      }),
    );
    return { taskArns: items.map((id) => taskArn(context.partition, clusterName, id)), ...rest };
  },
};

function buildFilter(
  input: ListTasksRequest,
  clusterName: string,
  { partition }: Pick<OperationContext, 'partition'>,
): TaskFilter {
  const scope = { clusterName, partition };
  const { containerInstance, serviceName } = input;
  return {
    clusterName,
    desiredStatus: input.desiredStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING',
    ...member('family', input.family),
    ...member('serviceName', serviceName && resolveIdentifier('service', serviceName, scope)),
    ...member('startedBy', input.startedBy),
    ...member('containerInstanceId', containerInstance && resolveInstanceId(containerInstance, scope)),
    ...member('launchType', input.launchType),
  };
}

async function requireKnownService(filter: TaskFilter, context: Pick<OperationContext, 'store'>): Promise<void> {
  if (filter.serviceName !== undefined) await requireService(context, filter.clusterName, filter.serviceName);
}
