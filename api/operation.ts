/** What an operation of an AWS service's API is: each folder under a door's operations/ exports one. */
import type { AgentBuild } from '../model/agent-update.ts';
import type { Partition } from '../model/arn.ts';
import type { TaskGuards } from '../model/task-guards.ts';
import type { AccessKeySecrets } from './auth/access-keys.ts';
import type { Judged } from './auth/authorize.ts';
import type { Caller } from './auth/caller.ts';
import type { ContextValues } from './auth/policy/context.ts';
import type { SealedValues } from './auth/sealed-values.ts';
import type { SessionTokens } from './auth/session-tokens.ts';
import type { WebIdentity } from './auth/web-identity/claims.ts';
import type { WebIdentities } from './auth/web-identity/web-identities.ts';
import type { CallReads } from './call-reads.ts';
import type { Store } from '../store/contract/store.ts';
import type { WorkflowGateway } from './gateway.ts';

/** The dependencies of a handler. A handler reaches nothing else in the process. */
export interface OperationContext {
  readonly store: Store;
  readonly workflows: WorkflowGateway;
  readonly partition: Partition;
  /** Milliseconds since the epoch; one reading per request. */
  readonly now: number;
  readonly requestId: string;
  /** Who calls. Where no authentication is required, it is the account's root. */
  readonly caller: Caller;
  /** The condition keys that every call has: where it came from, and how. */
  readonly circumstances: ContextValues;
  /** Roles and task definitions: what was checked is what is used. */
  readonly reads: CallReads;
  readonly accessKeys: AccessKeySecrets;
  readonly tokens: SessionTokens;
  /** Seals and opens the values of secrets and parameters. */
  readonly values: SealedValues;
  /** Whether calls are recorded. */
  readonly audited: boolean;
  readonly webIdentities: WebIdentities;
  /** What tasks may do to their hosts. */
  readonly guards: TaskGuards;
  /** For the audit and the log: what an operation finds out that nobody else can. */
  readonly tell: Tell;
  /** The agent that this control plane serves. */
  readonly agentBuild: AgentBuild;
  /** Whether the operator named a folder of environment files. */
  readonly hasEnvironmentFiles: boolean;
}

export interface Tell {
  /** A verdict of policies that the operation asked itself, with the resource that it is about. */
  judged(by: Judged): void;
  /** Whom a good token in the request stands for. */
  identified(identity: WebIdentity): void;
  /** For the log: what the caller may not expect, though the call was carried out. */
  warned(message: string): void;
}

/**
 * One operation. `Input` and `Output` are the SDK's own request and response types. `handle` gets input whose shape
 * has been checked (types, required members, enums); it checks all other rules itself and throws AwsError. Dates in the
 * output are Date objects, which the protocol writes in its own form.
 */
export interface Operation<Input = never, Output = unknown> {
  /** The name in the service's API, such as `RunTask`. */
  readonly name: string;
  /**
   * What it does to what is on record. With a full disk an operation that `records` is refused; one that `reads` goes on,
   * and so does one that `frees`: what it ends or removes gives room back.
   */
  readonly effect: 'reads' | 'frees' | 'records';
  handle(input: Input, context: OperationContext): Promise<Output>;
}
