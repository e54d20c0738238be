/** The rules for tags of parameters, beyond the constraints of their members. */
import type { Tag } from '@aws-sdk/client-ssm';
import { AwsError } from '../../../model/errors.ts';
import type { SecretTag } from '../../../model/secrets/secret.ts';
import { invalid } from '../refusals.ts';

const MOST_TAGS = 50;

/** The tags with those of a request, which replace tags of the same keys. Throws ValidationException, TooManyTagsError. */
export function withTags(before: readonly SecretTag[], added: readonly Tag[] = []): readonly SecretTag[] {
  const given = added.map(({ Key: key = '', Value: value = '' }) => ({ key, value }));
  const keys = given.map(({ key }) => key);
  const reserved = keys.find((key) => /^aws:/i.test(key));
  if (reserved !== undefined) throw invalid(`Tag keys must not begin with aws:, which is reserved: ${reserved}`);
  if (new Set(keys).size < keys.length) throw invalid('Duplicate tag keys are not allowed.');
  const tags = [...before.filter(({ key }) => !keys.includes(key)), ...given];
  if (tags.length > MOST_TAGS) {
    throw new AwsError('TooManyTagsError', `A parameter can have at most ${MOST_TAGS} tags.`);
  }
  return tags;
}
