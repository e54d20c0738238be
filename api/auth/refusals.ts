/** The refusals of callers who are not who they claim to be, in AWS's words. */
import { AwsError } from '../../model/errors.ts';

export const notSigned = (): AwsError =>
  new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');

export const incompleteSignature = (message: string): AwsError => new AwsError('IncompleteSignatureException', message);

/** The key is unknown, inactive or deleted, or the session token does not belong to it. */
export const unknownCaller = (): AwsError =>
  new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.');

export const expiredToken = (): AwsError =>
  new AwsError('ExpiredTokenException', 'The security token included in the request is expired');

export const invalidSignature = (message: string): AwsError => new AwsError('InvalidSignatureException', message);

export const signatureMismatch = (): AwsError =>
  invalidSignature(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );

/** The key was made by an api that has another master key. */
export const otherMasterKey = (): AwsError =>
  new AwsError(
    'ServiceUnavailable',
    'The secret of this access key cannot be opened: it was sealed with another master key. Give this api the same LONGSHORE_MASTER_KEY, or make a new access key.',
    {},
    503,
  );
