/** Reads the task definition that a request names. */
import { EcsError, type EcsErrorCode } from '../../../model/errors.ts';
import { allowedIn, forbiddenParts, guardRefusal } from '../../../model/task-guards.ts';
import type { TaskDefinitionRecord } from '../../../model/task-definition.ts';
import type { OperationContext } from '../../operation.ts';
import { resolveTaskDefinition } from '../rules/task-definition-names.ts';

type DefinitionReader = Pick<OperationContext, 'reads' | 'partition'>;

/**
 * Returns the ACTIVE task definition of which tasks will run in a cluster, named by `family`, `family:revision` or an ARN; a family alone means its latest
 * ACTIVE revision. Throws ClientException `TaskDefinition not found.`, or `inactiveCode` `TaskDefinition is inactive`,
 * or ClientException for what the operator lets no task in the cluster do.
 */
export async function requireActiveTaskDefinition(
  context: DefinitionReader & Pick<OperationContext, 'guards'>,
  { clusterName, reference }: { readonly clusterName: string; readonly reference: string },
  inactiveCode: EcsErrorCode,
): Promise<TaskDefinitionRecord> {
  const record = await findTaskDefinition(context, reference);
  if (record.definition.status !== 'ACTIVE') throw new EcsError(inactiveCode, 'TaskDefinition is inactive');
  const parts = forbiddenParts(record.definition, allowedIn(context.guards, clusterName));
  if (parts.length > 0) throw new EcsError('ClientException', guardRefusal(parts, clusterName));
  return record;
}

/**
 * As requireActiveTaskDefinition, but whatever the status: a service keeps and uses a definition that has become
 * INACTIVE.
 */
export async function findTaskDefinition(context: DefinitionReader, reference: string): Promise<TaskDefinitionRecord> {
  const parsed = resolveTaskDefinition(reference, context.partition);
  const record = parsed && (await context.reads.taskDefinition(parsed.family, parsed.revision));
  if (record === undefined) throw new EcsError('ClientException', 'TaskDefinition not found.');
  return record;
}
