/** The filters of ListSecrets and BatchGetSecretValue. Pure. */
import type { Filter } from '@aws-sdk/client-secrets-manager';
import type { Secret } from '../../../model/secrets/secret.ts';
import { invalidParameter } from '../refusals.ts';

type Matcher = (secret: Secret, value: string) => boolean;

const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** Each word of the value begins a word of one of the texts. */
const hasWords = (texts: readonly string[], value: string): boolean => {
  const words = texts.flatMap(wordsOf);
  return wordsOf(value).every((wanted) => words.some((word) => word.startsWith(wanted)));
};

const MATCHERS: Readonly<Record<string, Matcher>> = {
  name: ({ name }, value) => name.startsWith(value),
  description: ({ description = '' }, value) => hasWords([description], value),
  'tag-key': ({ tags }, value) => tags.some(({ key }) => key.startsWith(value)),
  'tag-value': ({ tags }, value) => tags.some((tag) => tag.value.startsWith(value)),
  all: ({ name, description = '', tags }, value) =>
    hasWords([name, description, ...tags.flatMap(({ key, value: of }) => [key, of])], value),
};

/** Whether a secret passes all filters: of the values of one, any may match. Throws InvalidParameterException. */
export function filterOf(filters: readonly Filter[] = []): (secret: Secret) => boolean {
  const tests = filters.map(({ Key: key = '', Values: values = [] }) => {
    const matches = MATCHERS[key];
    if (matches === undefined) {
      throw invalidParameter(
        `Not supported by Longshore yet: the filter ${key}. Secrets are of one region and one owner.`,
      );
    }
    if (values.length === 0) throw invalidParameter(`The filter ${key} has no values.`);
    return (secret: Secret): boolean =>
      values.some((value) => (value.startsWith('!') ? !matches(secret, value.slice(1)) : matches(secret, value)));
  });
  return (secret) => tests.every((test) => test(secret));
}

/** What tells one list from another, for its tokens. */
export const filterNames = (filters: readonly Filter[] = []): readonly string[] =>
  filters.map(({ Key = '', Values = [] }) => JSON.stringify([Key, ...Values]));
