/** The UpdateServicePrimaryTaskSet operation. */
import type { UpdateServicePrimaryTaskSetRequest, UpdateServicePrimaryTaskSetResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { answerTaskSet, requireExternalService } from '../../read/task-sets.ts';
import { resolveTaskSetId } from '../../rules/task-sets.ts';

/** Makes a task set PRIMARY. The service's own members then show that task set. */
export const updateServicePrimaryTaskSet: Operation<
  UpdateServicePrimaryTaskSetRequest,
  UpdateServicePrimaryTaskSetResponse
> = {
  name: 'UpdateServicePrimaryTaskSet',
  effect: 'records',
  async handle(input, context) {
    const record = await requireExternalService({ cluster: input.cluster, service: input.service }, context);
    const taskSetId = resolveTaskSetId(input.primaryTaskSet ?? '', record, context);
    const { clusterName, serviceName } = record.definition;
    const { incarnation } = record;
    const change = { kind: 'primary' } as const;
    await context.workflows.changeTaskSet(clusterName, serviceName, { incarnation, taskSetId, change });
    return { taskSet: await answerTaskSet(record, taskSetId, context) };
  },
};
