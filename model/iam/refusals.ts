/** IAM's refusals, in its words. */
import { AwsError } from '../errors.ts';
import type { EntityKind } from './entity.ts';

/** Something does not exist. */
export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', message, {}, 404);
export const alreadyExists = (message: string): AwsError => new AwsError('EntityAlreadyExists', message, {}, 409);
/** The entity is still in use, so IAM does not delete it. */
export const deleteConflict = (message: string): AwsError => new AwsError('DeleteConflict', message, {}, 409);
/** A quota is used up. */
export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceeded', message, {}, 409);
export const invalidInput = (message: string): AwsError => new AwsError('InvalidInput', message);

export const noSuchHolder = (kind: EntityKind, name: string): AwsError =>
  noSuchEntity(`The ${kind} with name ${name} cannot be found.`);

export const noSuchPolicy = (arn: string): AwsError => noSuchEntity(`Policy ${arn} was not found.`);

export const cannotExceed = (quota: string, most: number): AwsError =>
  limitExceeded(`Cannot exceed quota for ${quota}: ${most}`);
