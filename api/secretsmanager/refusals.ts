/** Secrets Manager's refusals, in its words. */
import { AwsError } from '../../model/errors.ts';

export const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message);
export const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message);
export const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequestException', message);
export const alreadyExists = (message: string): AwsError => new AwsError('ResourceExistsException', message);
export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceededException', message);

export const noSuchSecret = (): AwsError => notFound("Secrets Manager can't find the specified secret.");
export const noSuchVersion = (which: string): AwsError =>
  notFound(`Secrets Manager can't find the specified secret value for ${which}`);
export const markedForDeletion = (): AwsError =>
  invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
