/** The one place that turns a thrown value into what the caller sees. */
import type { EcsErrorCode } from '../../model/errors.ts';
import { EcsError, isEcsError } from '../../model/errors.ts';
import { printable } from './printable.ts';

/** Codes that answer with a status other than HTTP 400 over AWS JSON. */
const WIRE_STATUS: Partial<Record<EcsErrorCode, number>> = {
  UnknownOperationException: 404,
  RequestEntityTooLargeException: 413,
  ServerException: 500,
  ServiceUnavailable: 503,
};

/** Over REST, the answer has the status that fits the code best. */
const REST_STATUS: Partial<Record<EcsErrorCode, number>> = {
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

export interface WireError {
  readonly code: EcsErrorCode;
  readonly status: number;
  readonly body: { readonly __type: EcsErrorCode; readonly message: string };
  /** Whether Longshore is at fault, and not the caller: then the error is logged with its cause. */
  readonly fault: boolean;
}

/**
 * Returns status and body for anything thrown. If it is not a refusal, the body shows only the request id, never the
 * error's text or stack.
 */
export function wireError(thrown: unknown, protocol: 'aws-json' | 'rest', requestId: string): WireError {
  const fault = !isEcsError(thrown);
  const refusal = fault
    ? new EcsError(
        'ServerException',
        `Longshore failed to answer. Its log has the cause under request id ${requestId}.`,
      )
    : thrown;
  const status = protocol === 'rest' ? restStatus(refusal) : (WIRE_STATUS[refusal.code] ?? 400);
  const body = { ...refusal.members, __type: refusal.code, message: printable(refusal.message) };
  return { code: refusal.code, status, body, fault };
}

const restStatus = ({ code, message }: EcsError): number =>
  NOT_FOUND_MESSAGES.has(message) ? 404 : (REST_STATUS[code] ?? 400);
