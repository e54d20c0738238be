/** Names, ARNs and version ids of new secrets. */
import { randomInt, randomUUID } from 'node:crypto';
import type { Partition } from '../../../model/arn.ts';
import { AwsError } from '../../../model/errors.ts';
import { secretArn } from '../../../model/secrets/arn.ts';

const NAME = /^[\w/+=.@!-]+$/;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Throws ValidationException. */
export function requireName(name: string): void {
  if (NAME.test(name)) return;
  throw new AwsError(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  );
}

/** A new ARN for the name; another one each time. */
export const newArn = (partition: Partition, name: string): string =>
  secretArn(partition, name, Array.from({ length: 6 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join(''));

/** SDKs send a token with each call; whoever does not gets a version id of ours. */
export const versionIdOf = (token: string | undefined): string => token ?? randomUUID();
