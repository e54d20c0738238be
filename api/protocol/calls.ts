/**
 * Handles one HTTP request: gives it an id, runs its operation, answers, and logs what it answered and how long it
 * took.
 */
import { randomUUID } from 'node:crypto';
import type { Response } from 'express';
import type { Logger } from 'pino';
import type { Partition } from '../../model/arn.ts';
import { EcsError, type EcsErrorCode } from '../../model/errors.ts';
import type { Store } from '../../store/contract/store.ts';
import type { WorkflowGateway } from '../gateway.ts';
import type { OperationContext } from '../operation.ts';
import type { WireError } from './errors.ts';
import { wireError } from './errors.ts';
import { invokeOperation, recordsMore } from './invoke.ts';
import { printable } from './printable.ts';

/** The dependencies that all requests share. */
export interface CallDependencies {
  readonly store: Store;
  readonly workflows: WorkflowGateway;
  readonly partition: Partition;
  readonly logger: Logger;
  /** Returns why nothing can be recorded at present, such as a full disk; undefined if all is well. */
  readonly unwritable?: () => string | undefined;
}

interface Call {
  readonly requestId: string;
  readonly startedAt: number;
  operation?: string;
}

const FAILURES: ReadonlySet<EcsErrorCode> = new Set(['ServerException', 'ServiceUnavailable']);
const unwritable = (problem: string): EcsError =>
  new EcsError('ServiceUnavailable', `Nothing can be recorded. ${problem}`);

const CONTENT_TYPES = { 'aws-json': 'application/x-amz-json-1.1', rest: 'application/json' } as const;
/** The protocol of a request, which decides how its answer looks. */
export type Protocol = keyof typeof CONTENT_TYPES;

export class Calls {
  readonly #dependencies: CallDependencies;

  constructor(dependencies: CallDependencies) {
    this.#dependencies = dependencies;
  }

  /** Gives the request its id, which the response carries from now on. */
  begin(response: Response): void {
    const call: Call = { requestId: randomUUID(), startedAt: performance.now() };
    response.locals['call'] = call;
    response.setHeader('x-amzn-RequestId', call.requestId);
  }

  /** Runs an operation for this request. Throws as `invokeOperation` does. */
  invoke(response: Response, operation: string, body: unknown): Promise<Record<string, unknown>> {
    const context = this.contextOf(response, operation);
    const problem = recordsMore(operation) ? this.#dependencies.unwritable?.() : undefined;
    if (problem !== undefined) throw unwritable(problem);
    return invokeOperation(operation, body, context);
  }

  /** What a handler of this request works with. The operation's name goes into its commands and its log line. */
  contextOf(response: Response, operation: string): OperationContext {
    const call = callOf(response);
    call.operation = printable(operation);
    const { store, workflows, partition } = this.#dependencies;
    const { requestId } = call;
    const principalArn = `arn:aws:iam::${partition.account}:root`;
    return {
      store,
      workflows: workflows.forCall({ kind: 'call', operation, requestId, principalArn }),
      partition,
      now: Date.now(),
      requestId,
      principalArn,
    };
  }

  /** Answers with an operation's output. */
  succeed(
    response: Response,
    answer: { readonly protocol: Protocol; readonly status: number; readonly body: unknown },
  ): void {
    this.#send(response, answer);
    this.#log(response, answer.status);
  }

  /** Answers with the error that `thrown` stands for. Logs its cause if the fault is Longshore's. */
  fail(response: Response, thrown: unknown, protocol: Protocol): void {
    const error = this.#wireError(thrown, protocol, callOf(response).requestId);
    this.#send(response, { protocol, status: error.status, body: error.body });
    this.#log(response, error.status, error, thrown);
  }

  /**
   * While nothing can be recorded, that is the cause of any failure of the database, of Temporal or of Longshore, so
   * the answer says so.
   */
  #wireError(thrown: unknown, protocol: Protocol, requestId: string): WireError {
    const error = wireError(thrown, protocol, requestId);
    const problem = FAILURES.has(error.code) ? this.#dependencies.unwritable?.() : undefined;
    return problem === undefined
      ? error
      : { ...wireError(unwritable(problem), protocol, requestId), fault: error.fault };
  }

  #send(
    response: Response,
    answer: { readonly protocol: Protocol; readonly status: number; readonly body: unknown },
  ): void {
    const text = JSON.stringify(answer.body);
    response.statusCode = answer.status;
    response.setHeader('content-type', CONTENT_TYPES[answer.protocol]);
    response.setHeader('content-length', Buffer.byteLength(text));
    response.end(text);
  }

  #log(response: Response, status: number, error?: WireError, cause?: unknown): void {
    const { requestId, operation, startedAt } = callOf(response);
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    const fields = { requestId, operation, status, ms };
    const { logger } = this.#dependencies;
    if (error === undefined) logger.info(fields, 'request');
    else if (error.fault) logger.error({ ...fields, code: error.code, err: cause }, 'request failed');
    else logger.info({ ...fields, code: error.code, message: error.body.message }, 'request refused');
  }
}

const callOf = (response: Response): Call => response.locals['call'] as Call;
