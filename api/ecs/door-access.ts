/**
 * What a call of ECS asks for. Its request says most of it; of a task definition that it runs, the revision and the roles
 * are looked up, because whoever runs it passes them on.
 */
import type { RunTaskRequest } from '@aws-sdk/client-ecs';
import type { Asked } from '../auth/authorize.ts';
import type { OperationContext } from '../operation.ts';
import type { Access } from './access/access.ts';
import { accessOf } from './access/index.ts';
import { withDefinition } from './access/pass-role.ts';
import { settingOf } from './read/account-settings.ts';

export async function ecsAccess(
  operation: string,
  input: object,
  { store, partition, caller, reads }: OperationContext,
): Promise<readonly Asked[]> {
  const accesses = await withoutFreeTags(accessOf(operation, input, { partition }), { store, caller });
  const runs = accesses.find((access) => access.runs !== undefined)?.runs;
  if (runs === undefined) return accesses;
  const found = await reads.taskDefinition(runs.family, runs.revision);
  if (found === undefined) return accesses;
  const { overrides } = input as Pick<RunTaskRequest, 'overrides'>;
  return withDefinition(accesses, found.definition, overrides, { partition });
}

/** Where tagResourceAuthorization is off, tags that come with a new resource ask for nothing of their own. */
async function withoutFreeTags(
  accesses: readonly Access[],
  asking: Pick<OperationContext, 'store' | 'caller'>,
): Promise<readonly Access[]> {
  const comesWithNew = ({ context }: Access): boolean => context['ecs:CreateAction'] !== undefined;
  if (!accesses.some(comesWithNew)) return accesses;
  const isFree = (await settingOf('tagResourceAuthorization', asking)) === 'off';
  return isFree ? accesses.filter((access) => !comesWithNew(access)) : accesses;
}
