/** Checks the roles that a request names: what is passed on by a policy's word must be what is used. */
import { EcsError } from '../../../model/errors.ts';
import { parseIamArn } from '../../../model/iam/arn.ts';

/** A role without a path may be named without its ARN. */
const NAME = /^[\w+=,.@-]{1,64}$/;

/** ARNs of other partitions are none: policies speak of the account's own. */
export function isRole(text: string): boolean {
  const arn = parseIamArn(text);
  return NAME.test(text) || (arn?.type === 'role' && arn.account !== 'aws');
}

export const NO_ROLE = 'Role is not valid';

/** Throws ClientException for a text that names no role. */
export function checkRoles(roles: readonly (string | undefined)[]): void {
  const wrong = roles.find((role) => role !== undefined && role !== '' && !isRole(role));
  if (wrong !== undefined) throw new EcsError('ClientException', NO_ROLE);
}
