/** The rules for policy documents. */
import { AwsError } from '../../../model/errors.ts';
import { cannotExceed } from '../../../model/iam/refusals.ts';
import { documentSize, QUOTAS } from '../../../model/iam/quotas.ts';

/** Throws MalformedPolicyDocument, or LimitExceeded for a document that is too large for its kind. */
export function checkDocument(kind: 'managed' | 'inline' | 'trust', text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new AwsError('MalformedPolicyDocument', 'Syntax errors in policy.');
  }
  const size = documentSize(text);
  if (kind === 'managed' && size > QUOTAS.policySize) throw cannotExceed('PolicySize', QUOTAS.policySize);
  if (kind === 'trust' && size > QUOTAS.trustPolicySize) throw cannotExceed('ACLSizePerRole', QUOTAS.trustPolicySize);
}
