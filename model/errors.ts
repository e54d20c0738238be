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
  'MissingVersionException',
  'NoUpdateAvailableException',
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

/** A refusal that the caller caused or must know about. `message` is the text that AWS's clients match on. */
export class AwsError<Code extends string = string> extends Error {
  override readonly name: string = 'AwsError';
  readonly code: Code;
  /** Extra members of the error body, e.g. `resourceIds` of a ConflictException. */
  readonly members: Readonly<Record<string, unknown>>;
  /** The HTTP status where the service's own differs from the protocol's usual one. */
  readonly status: number | undefined;

  constructor(code: Code, message: string, members: Readonly<Record<string, unknown>> = {}, status?: number) {
    super(message);
    this.code = code;
    this.members = members;
    this.status = status;
  }
}

/** A refusal whose cause the caller must not learn: the log has it, with the request's id. */
export class GuardedError extends AwsError {
  readonly forLog: string;

  constructor(code: string, message: string, forLog: string) {
    super(code, message);
    this.forLog = forLog;
  }
}

/** A refusal with one of ECS's codes. */
export class EcsError extends AwsError<EcsErrorCode> {
  override readonly name = 'EcsError';
}

/** True for any value thrown as an EcsError, also across module copies. */
export const isEcsError = (error: unknown): error is EcsError => error instanceof Error && error.name === 'EcsError';

/** True for a refusal of any AWS service. */
export const isAwsError = (error: unknown): error is AwsError =>
  isEcsError(error) || (error instanceof Error && error.name === 'AwsError');

/** One entry of an ECS `failures[]` list. */
export interface Failure {
  readonly arn?: string;
  readonly reason: string;
  readonly detail?: string;
}
