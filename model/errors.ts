/** ECS error codes as they appear in `__type`. The kinds a caller may meet; nothing else reaches the wire. */
export const ECS_ERROR_CODES = [
  'AccessDeniedException',
  'AttributeLimitExceededException',
  'ClientException',
  'ClusterContainsContainerInstancesException',
  'ClusterContainsServicesException',
  'ClusterContainsTasksException',
  'ClusterNotFoundException',
  'ConflictException',
  'InvalidParameterException',
  'LimitExceededException',
  'PlatformUnknownException',
  'ResourceInUseException',
  'ResourceNotFoundException',
  'SerializationException',
  'ServerException',
  'ServiceDeploymentNotFoundException',
  'ServiceNotActiveException',
  'ServiceNotFoundException',
  'ServiceUnavailable',
  'TargetNotFoundException',
  'TaskSetNotFoundException',
  'ThrottlingException',
  'UnknownOperationException',
  'UnsupportedFeatureException',
  'UpdateInProgressException',
  'RequestEntityTooLargeException',
] as const;
export type EcsErrorCode = (typeof ECS_ERROR_CODES)[number];

/** A refusal that the caller caused or must know about. `message` is the text that ECS clients match on. */
export class EcsError extends Error {
  override readonly name = 'EcsError';
  readonly code: EcsErrorCode;
  /** Extra members of the error body, e.g. `resourceIds` of a ConflictException. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: EcsErrorCode, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.members = members;
  }
}

/** True for any value thrown as an EcsError, also across module copies. */
export const isEcsError = (error: unknown): error is EcsError => error instanceof Error && error.name === 'EcsError';

/** One entry of an ECS `failures[]` list. */
export interface Failure {
  readonly arn?: string;
  readonly reason: string;
  readonly detail?: string;
}
