/** What an operation of the ECS API is: one folder under an API's operations/ each exports one of these. */
import type { Partition } from '../model/arn.ts';
import type { Store } from '../store/contract/store.ts';
import type { WorkflowGateway } from './gateway.ts';

/** What handlers may use. Nothing else of the process is reachable from them. */
export interface OperationContext {
  readonly store: Store;
  readonly workflows: WorkflowGateway;
  readonly partition: Partition;
  /** Milliseconds since the epoch; one reading per request. */
  readonly now: number;
  readonly requestId: string;
  /** Who called, as an ARN; on loopback without authentication: the account's root. */
  readonly principalArn: string;
}

/**
 * One ECS operation. `Input` and `Output` are the SDK's own request and response types. The input has passed the shape
 * check (types, required members, enums) before `handle` sees it; rules beyond shape are the handler's, and it throws
 * EcsError. Dates in the output are Date objects; the protocol writes them as epoch seconds.
 */
export interface Operation<Input = never, Output = unknown> {
  /** As in X-Amz-Target, e.g. `RunTask`. */
  readonly name: string;
  handle(input: Input, context: OperationContext): Promise<Output>;
}
