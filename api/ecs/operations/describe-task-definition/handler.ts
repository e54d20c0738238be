/** The DescribeTaskDefinition operation. */
import type { DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../../model/errors.ts';
import type { Operation } from '../../../operation.ts';
import { presentTaskDefinition } from '../../present/task-definition.ts';
import { resolveTaskDefinition } from '../../rules/task-definition-names.ts';

/** Returns a revision whatever its status; if the request names none, the family's latest ACTIVE revision. */
export const describeTaskDefinition: Operation<DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse> = {
  name: 'DescribeTaskDefinition',
  effect: 'reads',
  async handle(input, { store, partition }) {
    const ref = resolveTaskDefinition(input.taskDefinition, partition);
    const record = ref && (await store.getTaskDefinition(ref.family, ref.revision));
    if (record === undefined) throw new EcsError('ClientException', 'Unable to describe task definition.');
    return {
      taskDefinition: presentTaskDefinition(record.definition),
      ...(input.include?.includes('TAGS') ? { tags: [...record.tags] } : {}),
    };
  },
};
