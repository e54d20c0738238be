/** STS's refusals of tokens that others issued, in its words where they are known. */
import { AwsError } from '../../../model/errors.ts';

export const invalidToken = (message: string): AwsError => new AwsError('InvalidIdentityToken', message);

/** STS calls it `ExpiredTokenException`, which is also the name of another refusal: see `protocol/errors.ts`. */
export const expiredIdentityToken = (message: string): AwsError => new AwsError('ExpiredIdentityToken', message);

/** The token is good, and says something that STS does not take. */
export const rejectedClaim = (message: string): AwsError => new AwsError('IDPRejectedClaim', message, {}, 403);

/** AWS's clients try the call again. */
export const issuerOutOfReach = (message: string): AwsError => new AwsError('IDPCommunicationError', message);

export const NO_KEY = "Couldn't retrieve verification key from your identity provider";
