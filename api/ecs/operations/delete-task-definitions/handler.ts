/** The DeleteTaskDefinitions operation. */
import type {
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  TaskDefinition as WireTaskDefinition,
} from '@aws-sdk/client-ecs';
import { taskDefinitionArn, type Partition } from '../../../../model/arn.ts';
import { EcsError, type Failure } from '../../../../model/errors.ts';
import type { Operation, OperationContext } from '../../../operation.ts';
import { invalid } from '../../rules/refusals.ts';
import { presentTaskDefinition } from '../../present/task-definition.ts';
import { resolveTaskDefinition } from '../../rules/task-definition-names.ts';

const MAX_REFERENCES = 10;
const INVALID = 'The specified task definition identifier is invalid. Specify a valid name or ARN and try again.';
const MISSING =
  'The specified task definition does not exist. Specify a valid account, family, revision and try again.';
const STILL_ACTIVE =
  'The specified task definition is still in ACTIVE status. Please deregister the target and try again.';

/** Deletes INACTIVE revisions. Those that cannot be deleted are in `failures`. */
export const deleteTaskDefinitions: Operation<DeleteTaskDefinitionsRequest, DeleteTaskDefinitionsResponse> = {
  name: 'DeleteTaskDefinitions',
  effect: 'frees',
  async handle(input, context) {
    const references = input.taskDefinitions ?? [];
    if (references.length === 0) throw invalid('size of TaskDefinition references list must be greater than 0');
    if (references.length > MAX_REFERENCES) {
      throw invalid(`Size of TaskDefinition references list cannot exceed ${MAX_REFERENCES}`);
    }
    const taskDefinitions: WireTaskDefinition[] = [];
    const failures: Failure[] = [];
    for (const reference of new Set(references)) {
      const outcome = await deleteOne(reference, context);
      if ('reason' in outcome) failures.push(outcome);
      else taskDefinitions.push(outcome);
    }
    return { taskDefinitions, failures };
  },
};

/** A reference to nothing becomes a failure of its own, so that the call still deletes the others. */
function readReference(reference: string, partition: Partition): ReturnType<typeof resolveTaskDefinition> {
  try {
    return resolveTaskDefinition(reference, partition);
  } catch (refusal) {
    if (refusal instanceof EcsError) return undefined;
    throw refusal;
  }
}

async function deleteOne(reference: string, context: OperationContext): Promise<WireTaskDefinition | Failure> {
  const { store, partition, now } = context;
  const ref = readReference(reference, partition);
  if (ref?.revision === undefined) return { arn: reference, reason: INVALID };
  const arn = taskDefinitionArn(partition, ref.family, ref.revision);
  const record = await store.deleteTaskDefinition(ref.family, ref.revision, now);
  if (record === undefined) return { arn, reason: MISSING };
  if (record.definition.status === 'ACTIVE') return { arn, reason: STILL_ACTIVE };
  return presentTaskDefinition(record.definition);
}
