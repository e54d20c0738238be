/** What each call of STS asks for. */
import type { AssumeRoleRequest } from '@aws-sdk/client-sts';
import type { Asked } from '../auth/authorize.ts';
import type { OperationContext } from '../operation.ts';
import { assumeRoleAccess } from './operations/assume-role.ts';

/**
 * As in AWS, no policy of the caller is needed for these, and none can forbid them. AssumeRoleWithWebIdentity asks the
 * role's trust policy about the token's identity, whoever calls.
 */
const FREE: ReadonlySet<string> = new Set(['AssumeRoleWithWebIdentity', 'GetCallerIdentity', 'GetSessionToken']);

export function stsAccess(
  operation: string,
  input: object,
  context: OperationContext,
): readonly Asked[] | Promise<readonly Asked[]> {
  if (FREE.has(operation)) return [];
  if (operation === 'AssumeRole') return assumeRoleAccess(input as AssumeRoleRequest, context);
  return [{ action: `sts:${operation}`, resources: ['*'], context: {} }];
}
