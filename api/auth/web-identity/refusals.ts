/** STS's refusals of tokens that others issued, in its words where they are known. */
import { AwsError, GuardedError } from '../../../model/errors.ts';

export const invalidToken = (message: string): AwsError => new AwsError('InvalidIdentityToken', message);

/** STS calls it `ExpiredTokenException`, which is also the name of another refusal: see `protocol/errors.ts`. */
export const expiredIdentityToken = (message: string): AwsError => new AwsError('ExpiredIdentityToken', message);

/** The token is good, and says something that STS does not take. */
export const rejectedClaim = (message: string): AwsError => new AwsError('IDPRejectedClaim', message, {}, 403);

export const NO_KEY = "Couldn't retrieve verification key from your identity provider";

/**
 * The issuer gave no keys that can be used. Whoever calls has no credentials, and what an issuer or the network says may show
 * what is inside of it: that is for the operator's log.
 */
export const noKey = (forLog: string): AwsError => new GuardedError('InvalidIdentityToken', NO_KEY, forLog);

/** The issuer does not answer, or is not called. AWS's clients try the call again. `forLog`: as for `noKey`. */
export const issuerOutOfReach = (forLog: string): GuardedError =>
  new GuardedError('IDPCommunicationError', 'The identity provider gives no answer that can be used.', forLog);
