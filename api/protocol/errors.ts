/** The one place where a thrown value becomes what the caller sees. */
import type { EcsErrorCode } from '../../model/errors.ts';
import { EcsError, isEcsError } from '../../model/errors.ts';
import { printable } from './printable.ts';

/** Codes that do not answer with HTTP 400 over AWS JSON. */
const WIRE_STATUS: Partial<Record<EcsErrorCode, number>> = {
  UnknownOperationException: 404,
  RequestEntityTooLargeException: 413,
  ServerException: 500,
  ServiceUnavailable: 503,
};

/** The REST door answers with the status that fits the code best. */
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

/** Refusals that ECS gives a general code although they say that something does not exist. */
const NOT_FOUND_MESSAGES: ReadonlySet<string> = new Set([
  'Unable to describe task definition.',
  'The specified task definition does not exist.',
  'The referenced task was not found.',
]);

export interface WireError {
  readonly code: EcsErrorCode;
  readonly status: number;
  readonly body: { readonly __type: EcsErrorCode; readonly message: string };
  /** Not the caller's doing: to be logged with its cause. */
  readonly fault: boolean;
}

/** Status and body for anything thrown. What is no refusal shows its request id only, never its text or stack. */
export function wireError(thrown: unknown, style: 'aws-json' | 'rest', requestId: string): WireError {
  const fault = !isEcsError(thrown);
  const refusal = fault
    ? new EcsError(
        'ServerException',
        `Longshore failed to answer. Its log has the cause under request id ${requestId}.`,
      )
    : thrown;
  const status = style === 'rest' ? restStatus(refusal) : (WIRE_STATUS[refusal.code] ?? 400);
  const body = { ...refusal.members, __type: refusal.code, message: printable(refusal.message) };
  return { code: refusal.code, status, body, fault };
}

const restStatus = ({ code, message }: EcsError): number =>
  NOT_FOUND_MESSAGES.has(message) ? 404 : (REST_STATUS[code] ?? 400);
