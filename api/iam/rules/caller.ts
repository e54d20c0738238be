/** The user whom a request means if it names none: the one who calls. */
import { AwsError } from '../../../model/errors.ts';
import { parseIamArn } from '../../../model/iam/arn.ts';
import type { Principal } from '../../auth/principal.ts';

/** The user's name; undefined for root. Throws ValidationError if the caller is a role. */
export function userMeant(userName: string | undefined, { kind, arn }: Principal): string | undefined {
  if (userName !== undefined || kind === 'root') return userName;
  const caller = kind === 'user' ? parseIamArn(arn)?.name : undefined;
  if (caller === undefined) {
    throw new AwsError('ValidationError', 'Must specify userName when calling with non-User credentials');
  }
  return caller;
}
