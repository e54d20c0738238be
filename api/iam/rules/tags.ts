/** The rules for tags of IAM's resources, beyond the constraints of their members. */
import type { Tag } from '@aws-sdk/client-iam';
import { invalidInput } from '../../../model/iam/refusals.ts';
import type { IamTag } from '../../../store/contract/iam.ts';

const RESERVED_PREFIX = /^aws:/i;

/** The tags of a request, ready to store. Throws InvalidInput for keys that differ only in case, or belong to AWS. */
export function validTags(tags: readonly Tag[] = []): readonly IamTag[] {
  const seen = new Set<string>();
  return tags.map(({ Key: key = '', Value: value = '' }) => {
    requireOwnKey(key);
    const folded = key.toLowerCase();
    if (seen.has(folded)) {
      throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    }
    seen.add(folded);
    return { key, value };
  });
}

/** Throws InvalidInput if only AWS may set or remove the key. */
export function requireOwnKey(key: string): void {
  if (RESERVED_PREFIX.test(key)) throw invalidInput(`Tag keys must not begin with aws:, which is reserved: ${key}`);
}
