/** The UpdateTaskSet operation. */
import type { UpdateTaskSetRequest, UpdateTaskSetResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { answerTaskSet, requireExternalService } from '../../read/task-sets.ts';
import { resolveScale, resolveTaskSetId } from '../../rules/task-sets.ts';

/** Scales a task set. */
export const updateTaskSet: Operation<UpdateTaskSetRequest, UpdateTaskSetResponse> = {
  name: 'UpdateTaskSet',
  effect: 'records',
  async handle(input, context) {
    const scale = resolveScale(input.scale);
    const record = await requireExternalService({ cluster: input.cluster, service: input.service }, context);
    const taskSetId = resolveTaskSetId(input.taskSet ?? '', record, context);
    const { clusterName, serviceName } = record.definition;
    const { incarnation } = record;
    const change = { kind: 'scale', scale } as const;
    await context.workflows.changeTaskSet(clusterName, serviceName, { incarnation, taskSetId, change });
    return { taskSet: await answerTaskSet(record, taskSetId, context) };
  },
};
