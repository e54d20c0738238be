/** What is kept of an API call: an event in CloudTrail's form, and what policies said about it. */
import type { EpochMs } from './time.ts';

/** CloudTrail's `userIdentity`: who called. */
export interface AuditIdentity {
  /**
   * `Unknown`: the caller's credentials were not good, or nobody could look at them. `ContainerInstance` and `JoinToken` are
   * Longshore's own, for callers of the agent door.
   */
  readonly type:
    | 'Root'
    | 'IAMUser'
    | 'AssumedRole'
    | 'WebIdentityUser'
    | 'ContainerInstance'
    | 'JoinToken'
    | 'Unknown'
    | 'AWSService';
  readonly principalId?: string;
  readonly arn?: string;
  readonly accountId?: string;
  /** Of an unknown caller: the key that the request names, which nobody vouches for. */
  readonly accessKeyId?: string;
  readonly userName?: string;
  /** The service that asked, for itself or in the name of a role. */
  readonly invokedBy?: string;
  /** The ARN of a web identity's provider. */
  readonly identityProvider?: string;
  readonly sessionContext?: {
    readonly sessionIssuer?: {
      readonly type: 'Role';
      readonly principalId: string;
      readonly arn: string;
      readonly accountId: string;
      readonly userName: string;
    };
    readonly attributes: { readonly creationDate: string; readonly mfaAuthenticated: 'false' };
    readonly sourceIdentity?: string;
  };
}

/** A resource that a call names or answers with. */
export interface AuditResource {
  readonly ARN: string;
  readonly accountId: string;
  /** Such as `AWS::ECS::Cluster`. */
  readonly type: string;
}

/** One event, with the members that CloudTrail's records have. */
export interface AuditEvent {
  readonly eventVersion: string;
  readonly userIdentity: AuditIdentity;
  /** When the call was completed: ISO 8601, in seconds. */
  readonly eventTime: string;
  /** Such as `ecs.amazonaws.com`; `longshore` for Longshore's own routes. */
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: unknown;
  readonly responseElements: unknown;
  readonly additionalEventData?: unknown;
  readonly requestID: string;
  /** The same as requestID: a call has one event. */
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly AuditResource[];
  readonly eventType: 'AwsApiCall' | 'AwsServiceEvent';
  readonly managementEvent: true;
  readonly recipientAccountId: string;
  readonly eventCategory: 'Management';
  readonly tlsDetails?: {
    readonly tlsVersion: string;
    readonly cipherSuite: string;
    readonly clientProvidedHostHeader: string;
  };
}

export type PolicyKind = 'identity' | 'boundary' | 'session' | 'trust' | 'resource';

export interface LookedAt {
  readonly policy: string;
  /** As `by.statement` names them. */
  readonly statements: readonly string[];
  /** By statement: the element for which it did not apply, such as `Condition StringEquals aws:username`. */
  readonly unmet?: Readonly<Record<string, string>>;
}

/** What policies said about one action on one resource. */
export interface Judgement {
  readonly action: string;
  readonly resource: string;
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny';
  /** The statement that decided; absent for root, and where none did. */
  readonly by?: {
    readonly kind: PolicyKind;
    /** The policy's ARN, or `user/NAME/POLICY` of an inline policy. */
    readonly policy: string;
    /** Its Sid, or `#1` for the first. */
    readonly statement: string;
    readonly text?: unknown;
  };
  /** Of an implicit denial: the kind of policy of which none allows it. */
  readonly missing?: PolicyKind;
  /** Of an implicit denial: the policies of that kind, each with the statements that are about the action but did not apply. */
  readonly lookedAt?: readonly LookedAt[];
}

export interface AuditRecord {
  readonly at: EpochMs;
  readonly event: AuditEvent;
  /** Absent where no policy was asked. */
  readonly judgements?: readonly Judgement[];
}

/** The name by which people look for a caller: the user's, the session's, the service's, or `root`. */
export function auditUserName({ type, userName, principalId, invokedBy }: AuditIdentity): string | undefined {
  if (type === 'Root') return 'root';
  if (type === 'AWSService') return invokedBy;
  return type === 'AssumedRole' ? principalId?.slice(principalId.indexOf(':') + 1) : userName;
}
