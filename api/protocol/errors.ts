/** The one place that turns a thrown value into what the caller sees. */
import { type AwsError, EcsError, isAwsError } from '../../model/errors.ts';
import { printable } from './printable.ts';
import type { Protocol } from './protocol.ts';

type Statuses = Readonly<Record<string, number>>;

/** Codes that answer with a status other than HTTP 400 over AWS JSON. */
const WIRE_STATUS: Statuses = {
  ExpiredTokenException: 403,
  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
  UnknownOperationException: 404,
  RequestEntityTooLargeException: 413,
  ServerException: 500,
  ServiceUnavailable: 503,
};

/** Over REST, the answer has the status that fits the code best. */
const REST_STATUS: Statuses = {
  ...WIRE_STATUS,
  AccessDeniedException: 403,
  ClusterContainsContainerInstancesException: 409,
  ClusterContainsServicesException: 409,
  ClusterContainsTasksException: 409,
  ClusterNotFoundException: 404,
  ConflictException: 409,
  ResourceInUseException: 409,
  ResourceNotFoundException: 404,
  ServiceNotActiveException: 409,
  ServiceDeploymentNotFoundException: 404,
  ServiceNotFoundException: 404,
  TargetNotFoundException: 404,
  TaskSetNotFoundException: 404,
  ThrottlingException: 429,
  UnsupportedFeatureException: 501,
  UpdateInProgressException: 409,
};

/** Refusals to which ECS gives a general code although they say that something does not exist. */
const NOT_FOUND_MESSAGES: ReadonlySet<string> = new Set([
  'Unable to describe task definition.',
  'The specified task definition does not exist.',
  'The referenced task was not found.',
]);

/** The Query protocol's own names for refusals that every service has, with their status. */
const QUERY_CODES: Readonly<Record<string, readonly [code: string, status: number]>> = {
  AccessDeniedException: ['AccessDenied', 403],
  ExpiredTokenException: ['ExpiredToken', 403],
  // STS: a token of an issuer.
  ExpiredIdentityToken: ['ExpiredTokenException', 400],
  IncompleteSignatureException: ['IncompleteSignature', 403],
  InvalidSignatureException: ['SignatureDoesNotMatch', 403],
  MissingAuthenticationTokenException: ['MissingAuthenticationToken', 403],
  RequestEntityTooLargeException: ['RequestEntityTooLarge', 413],
  SerializationException: ['MalformedQueryString', 400],
  ServerException: ['InternalFailure', 500],
  ServiceUnavailable: ['ServiceUnavailable', 503],
  ThrottlingException: ['Throttling', 400],
  UnknownOperationException: ['InvalidAction', 400],
  UnrecognizedClientException: ['InvalidClientTokenId', 403],
  UnsupportedFeatureException: ['InvalidAction', 400],
};

export interface WireError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  /** Extra members of the error's body. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Whether Longshore is at fault, and not the caller: then the error is logged with its cause. */
  readonly fault: boolean;
}

/**
 * Returns code, message and status for anything thrown. If it is not a refusal, the caller sees only the request id,
 * never the error's text or stack.
 */
export function wireError(thrown: unknown, protocol: Protocol['kind'], requestId: string): WireError {
  const fault = !isAwsError(thrown);
  const refusal = fault
    ? new EcsError(
        'ServerException',
        `Longshore failed to answer. Its log has the cause under request id ${requestId}.`,
      )
    : thrown;
  const [code, status] = codeAndStatus(refusal, protocol);
  return {
    code,
    status: refusal.status ?? status,
    message: printable(refusal.message),
    members: refusal.members,
    fault,
  };
}

function codeAndStatus(refusal: AwsError, protocol: Protocol['kind']): readonly [string, number] {
  const { code } = refusal;
  if (protocol === 'rest') return [code, restStatus(refusal)];
  if (protocol === 'query' || protocol === 'ec2') return QUERY_CODES[code] ?? [code, 400];
  return [code, WIRE_STATUS[code] ?? 400];
}

const restStatus = ({ code, message }: AwsError): number =>
  NOT_FOUND_MESSAGES.has(message) ? 404 : (REST_STATUS[code] ?? 400);
