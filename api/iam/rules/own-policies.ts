/** AWS's managed policies can be read and attached, and nothing else. */
import { AwsError } from '../../../model/errors.ts';
import { parseIamArn } from '../../../model/iam/arn.ts';

/** Throws AccessDenied for a policy of AWS. */
export function requireOwnPolicy(arn: string): void {
  if (parseIamArn(arn)?.account !== 'aws') return;
  throw new AwsError('AccessDenied', `Policy ${arn} belongs to AWS: nobody else can change it.`, {}, 403);
}
