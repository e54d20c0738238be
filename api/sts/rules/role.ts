/** The role that a call asks for. */
import { AwsError, isAwsError } from '../../../model/errors.ts';
import { parseIamArn } from '../../../model/iam/arn.ts';
import type { RoleRecord } from '../../../store/contract/iam.ts';
import type { CallReads } from '../../call-reads.ts';
import { validationError } from '../../protocol/validation-errors.ts';

/** The role of the ARN; undefined if there is none. Throws ValidationError for what is no ARN of a role. */
export async function findRole(
  arn: string,
  { reads, account }: { readonly reads: CallReads; readonly account: string },
): Promise<RoleRecord | undefined> {
  const parsed = parseIamArn(arn);
  if (parsed?.type !== 'role') throw validationError('roleArn', arn, 'Member must be the ARN of a role');
  if (parsed.account !== account) return undefined;
  try {
    const role = await reads.role(parsed.name);
    return role.path === parsed.path ? role : undefined;
  } catch (error) {
    if (isAwsError(error) && error.code === 'NoSuchEntity') return undefined;
    throw error;
  }
}

export const accessDenied = (message: string): AwsError => new AwsError('AccessDenied', message, {}, 403);
