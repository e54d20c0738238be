/** The DeleteTaskSet operation. */
import type { DeleteTaskSetRequest, DeleteTaskSetResponse } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../../model/errors.ts';
import type { Operation } from '../../../operation.ts';
import { presentTaskSet } from '../../present/task-set.ts';
import { requireExternalService } from '../../read/task-sets.ts';
import { resolveTaskSetId } from '../../rules/task-sets.ts';

/** Deletes a task set: it is DRAINING until its tasks have stopped, then it is gone. */
export const deleteTaskSet: Operation<DeleteTaskSetRequest, DeleteTaskSetResponse> = {
  name: 'DeleteTaskSet',
  effect: 'frees',
  async handle(input, context) {
    const record = await requireExternalService({ cluster: input.cluster, service: input.service }, context);
    const taskSetId = resolveTaskSetId(input.taskSet ?? '', record, context);
    const found = record.deployments.find(({ deploymentId }) => deploymentId === taskSetId);
    if (found?.taskSet === undefined) {
      throw new EcsError('TaskSetNotFoundException', 'The specified task set does not exist.');
    }
    const { clusterName, serviceName } = record.definition;
    const change = { kind: 'delete', force: input.force ?? false } as const;
    const { incarnation } = record;
    await context.workflows.changeTaskSet(clusterName, serviceName, { incarnation, taskSetId, change });
    // Without tasks it is gone already, so the answer shows it as it was, DRAINING.
    const draining = { ...found, taskSet: { ...found.taskSet, draining: true } };
    return { taskSet: presentTaskSet(draining, { record, partition: context.partition }, { includeTags: true }) };
  },
};
