/**
 * What a call of ECS asks for. Its request says most of it; of a task definition that it runs, the revision and the roles
 * are looked up, because whoever runs it passes them on.
 */
import type { RunTaskRequest } from '@aws-sdk/client-ecs';
import type { Asked } from '../auth/authorize.ts';
import type { OperationContext } from '../operation.ts';
import { accessOf } from './access/index.ts';
import type { DefinitionRoles } from './access/pass-role.ts';
import { withDefinition } from './access/pass-role.ts';

export async function ecsAccess(
  operation: string,
  input: object,
  { store, partition }: OperationContext,
): Promise<readonly Asked[]> {
  const accesses = accessOf(operation, input, { partition });
  const runs = accesses.find((access) => access.runs !== undefined)?.runs;
  if (runs === undefined) return accesses;
  const found = await store.getTaskDefinition(runs.family, runs.revision);
  if (found === undefined) return accesses;
  const { overrides } = input as Pick<RunTaskRequest, 'overrides'>;
  return withDefinition(accesses, found.definition, overrides as DefinitionRoles | undefined, { partition });
}
