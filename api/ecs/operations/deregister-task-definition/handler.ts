/** The DeregisterTaskDefinition operation. */
import type { DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../../model/errors.ts';
import type { Operation } from '../../../operation.ts';
import { presentTaskDefinition } from '../../present/task-definition.ts';
import { resolveTaskDefinition } from '../../rules/task-definition-names.ts';

/** Makes a revision INACTIVE: services keep it, but nothing new starts from it. */
export const deregisterTaskDefinition: Operation<DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse> = {
  name: 'DeregisterTaskDefinition',
  effect: 'frees',
  async handle(input, { store, partition, now }) {
    const ref = resolveTaskDefinition(input.taskDefinition, partition);
    if (ref !== undefined && ref.revision === undefined) throw new EcsError('ClientException', 'Revision is missing.');
    const record =
      ref?.revision === undefined ? undefined : await store.deregisterTaskDefinition(ref.family, ref.revision, now);
    if (record === undefined) {
      throw new EcsError('ClientException', 'The specified task definition does not exist.');
    }
    return { taskDefinition: presentTaskDefinition(record.definition) };
  },
};
