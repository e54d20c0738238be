/** The rules for policy documents. */
import { AwsError } from '../../../model/errors.ts';
import { documentSize, QUOTAS } from '../../../model/iam/quotas.ts';
import { cannotExceed } from '../../../model/iam/refusals.ts';
import { parseDocument } from '../../auth/policy/elements.ts';
import { readPolicy } from '../../auth/policy/document.ts';
import { MalformedPolicyDocument } from '../../auth/policy/malformed.ts';
import { checkSharedIssuers } from './shared-issuers.ts';

/** Throws MalformedPolicyDocument, or LimitExceeded for a document that is too large for its kind. */
export function checkDocument(kind: 'managed' | 'inline' | 'trust', text: string): void {
  try {
    readPolicy(kind, '', text);
    if (kind === 'trust') checkSharedIssuers(parseDocument(text));
  } catch (error) {
    if (!(error instanceof MalformedPolicyDocument)) throw error;
    throw new AwsError('MalformedPolicyDocument', error.message);
  }
  const size = documentSize(text);
  if (kind === 'managed' && size > QUOTAS.policySize) throw cannotExceed('PolicySize', QUOTAS.policySize);
  if (kind === 'trust' && size > QUOTAS.trustPolicySize) throw cannotExceed('ACLSizePerRole', QUOTAS.trustPolicySize);
}
