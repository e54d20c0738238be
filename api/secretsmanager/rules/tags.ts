/** The rules for tags of secrets, beyond the constraints of their members. */
import type { Tag } from '@aws-sdk/client-secrets-manager';
import type { SecretTag } from '../../../model/secrets/secret.ts';
import { invalidParameter, limitExceeded } from '../refusals.ts';

const MOST_TAGS = 50;

/** The tags with those of a request, which replace tags of the same keys. Throws InvalidParameterException, LimitExceededException. */
export function withTags(before: readonly SecretTag[], added: readonly Tag[] = []): readonly SecretTag[] {
  const given = added.map(({ Key: key = '', Value: value = '' }) => ({ key, value }));
  const keys = given.map(({ key }) => key);
  keys.forEach(requireOwnKey);
  if (new Set(keys).size < keys.length) throw invalidParameter('You can’t use the same tag key more than once.');
  const tags = [...before.filter(({ key }) => !keys.includes(key)), ...given];
  if (tags.length > MOST_TAGS) throw limitExceeded(`A secret can have at most ${MOST_TAGS} tags.`);
  return tags;
}

export function withoutTags(before: readonly SecretTag[], keys: readonly string[]): readonly SecretTag[] {
  keys.forEach(requireOwnKey);
  return before.filter(({ key }) => !keys.includes(key));
}

function requireOwnKey(key: string): void {
  if (/^aws:/i.test(key)) throw invalidParameter(`Tag keys must not begin with aws:, which is reserved: ${key}`);
}
