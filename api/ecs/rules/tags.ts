/** The rules for tags of any resource. */
import type { Tag } from '@aws-sdk/client-ecs';
import { invalid } from './refusals.ts';

const MAX_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
const ALLOWED = /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u;
const RESERVED_PREFIX = /^aws:/i;

/** Whether only the system may set or remove the key. */
export const isReservedKey = (key: string): boolean => RESERVED_PREFIX.test(key);

/** A tag as it is stored: it always has a key, and a value, which is empty if the request left it out. */
export interface ValidTag {
  readonly key: string;
  readonly value: string;
}

function validateTag(tag: Tag): ValidTag {
  const { key = '', value = '' } = tag;
  if (key.length < 1 || key.length > MAX_KEY_LENGTH) {
    throw invalid(`Tag keys must have between 1 and ${MAX_KEY_LENGTH} characters.`);
  }
  if (value.length > MAX_VALUE_LENGTH) {
    throw invalid(`The value of tag '${key}' must have at most ${MAX_VALUE_LENGTH} characters.`);
  }
  if (!ALLOWED.test(key) || !ALLOWED.test(value)) {
    throw invalid(`Tag '${key}' may only contain letters, digits, spaces and these characters: _ . : / = + - @`);
  }
  if (isReservedKey(key)) throw invalid(`Tag keys must not begin with 'aws:', which is reserved: '${key}'.`);
  return { key, value };
}

/** Returns the tags of a request, ready to store; an absent list counts as empty. Throws InvalidParameterException. */
export function validateTags(tags: readonly Tag[] | undefined): readonly ValidTag[] {
  const valid = (tags ?? []).map(validateTag);
  if (valid.length > MAX_TAGS) throw invalid(`A resource can have at most ${MAX_TAGS} tags.`);
  const keys = new Set<string>();
  for (const { key } of valid) {
    if (keys.has(key)) throw invalid(`Tag keys must be unique: '${key}' appears more than once.`);
    keys.add(key);
  }
  return valid;
}
