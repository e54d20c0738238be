/** What agents are told when the door refuses them, and how refusals go over gRPC. */
import { status } from '@grpc/grpc-js';
import { AwsError, isAwsError } from '../../model/errors.ts';

export const refused = (message: string): AwsError => new AwsError('AccessDeniedException', message);

export const unknownCertificate = (): AwsError =>
  refused('This certificate is not one that Longshore issued to an agent or with a join token.');

/** The gRPC status of anything thrown. What is no refusal keeps its text to itself, as over HTTP. */
export function refusalOf(thrown: unknown): { readonly code: status; readonly details: string } {
  if (!isAwsError(thrown))
    return { code: status.INTERNAL, details: 'Longshore failed to answer. Its log has the cause.' };
  return { code: CODES[thrown.code] ?? status.FAILED_PRECONDITION, details: thrown.message };
}

const CODES: Readonly<Record<string, status>> = {
  AccessDeniedException: status.PERMISSION_DENIED,
  InvalidParameterException: status.INVALID_ARGUMENT,
  SerializationException: status.INVALID_ARGUMENT,
  ServerException: status.INTERNAL,
  ServiceUnavailable: status.UNAVAILABLE,
  ThrottlingException: status.RESOURCE_EXHAUSTED,
  UnknownOperationException: status.UNIMPLEMENTED,
};
