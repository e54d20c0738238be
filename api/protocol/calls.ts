/**
 * Handles one HTTP request: gives it an id, runs its operation, answers, and logs what it answered and how long it
 * took.
 */
import type { Response } from 'express';
import type { Logger } from 'pino';
import type { AgentBuild } from '../../model/agent-update.ts';
import { type TaskGuards, UNGUARDED } from '../../model/task-guards.ts';
import type { Partition } from '../../model/arn.ts';
import { defined } from '../../model/defined.ts';
import { EcsError, GuardedError, isAwsError } from '../../model/errors.ts';
import type { Store } from '../../store/contract/store.ts';
import type { Auditor } from '../audit/auditor.ts';
import type { AccessKeySecrets } from '../auth/access-keys.ts';
import { type Asked, authorize, type Judged, type TagsOf } from '../auth/authorize.ts';
import { rootCaller } from '../auth/caller.ts';
import { sourceNetwork } from '../auth/circumstances.ts';
import type { ContextValues } from '../auth/policy/context.ts';
import { countedAs } from '../auth/principal.ts';
import type { SealedValues } from '../auth/sealed-values.ts';
import type { SessionTokens } from '../auth/session-tokens.ts';
import type { WebIdentities } from '../auth/web-identity/web-identities.ts';
import { CallReads } from '../call-reads.ts';
import type { Door } from '../door.ts';
import type { WorkflowGateway } from '../gateway.ts';
import type { OperationContext } from '../operation.ts';
import type { Throttle } from '../throttle/throttle.ts';
import { beginCall, callOf, factsOf, type Signed, tellOf } from './call.ts';
import { errorText } from './error-text.ts';
import type { WireError } from './errors.ts';
import { wireError } from './errors.ts';
import { type Answer, invokeOperation, recordsMore } from './invoke.ts';
import { printable } from './printable.ts';
import { type Protocol, contentTypeOf } from './protocol.ts';

/** The dependencies that all requests share. */
export interface CallDependencies {
  readonly store: Store;
  readonly workflows: WorkflowGateway;
  readonly partition: Partition;
  readonly accessKeys: AccessKeySecrets;
  readonly tokens: SessionTokens;
  readonly values: SealedValues;
  readonly webIdentities: WebIdentities;
  /** What tasks may do to their hosts. Absent: anything. */
  readonly guards?: TaskGuards;
  readonly agentBuild: AgentBuild;
  /** Whether the operator named a folder of environment files. */
  readonly hasEnvironmentFiles?: boolean;
  readonly logger: Logger;
  /** Returns why nothing can be recorded at present, such as a full disk; undefined if all is well. */
  readonly unwritable?: () => string | undefined;
  /** Absent: calls may come at any rate. */
  readonly throttle?: Throttle;
  /** Absent: no call is recorded. */
  readonly auditor?: Auditor;
}

const FAILURES: ReadonlySet<string> = new Set(['ServerException', 'ServiceUnavailable', 'InternalFailure']);
const unwritable = (problem: string): EcsError =>
  new EcsError('ServiceUnavailable', `Nothing can be recorded. ${problem}`);

export class Calls {
  readonly #dependencies: CallDependencies;

  constructor(dependencies: CallDependencies) {
    this.#dependencies = dependencies;
  }

  /** Gives the request its id, which the response carries from now on. The answer will be in `protocol`. */
  begin(response: Response, protocol: Protocol): void {
    response.setHeader('x-amzn-RequestId', beginCall(response, protocol).requestId);
  }

  /** Answers in this protocol from now on. Returns the request's id. */
  speak(response: Response, protocol: Protocol): string {
    const call = callOf(response);
    call.protocol = protocol;
    return call.requestId;
  }

  /** From now on, the request is this caller's. */
  identify(response: Response, signed: Signed): void {
    Object.assign(callOf(response), { signed, caller: signed.caller, circumstances: signed.context });
  }

  /** From now on, the request is root's: nobody has to sign. */
  trust(response: Response, circumstances: ContextValues): void {
    Object.assign(callOf(response), { caller: rootCaller(this.#dependencies.partition), circumstances });
  }

  /** Rejects with AccessDeniedException if the request's caller may not do all that is asked for. */
  async authorize(response: Response, asked: readonly Asked[]): Promise<void> {
    const { signed, told } = callOf(response);
    if (signed === undefined) return;
    const { store } = this.#dependencies;
    const tagsOf: TagsOf = (arn) => store.listTags(arn);
    // Streams ask again and again: the last time counts.
    told.asked = asked;
    told.judged = [];
    const judged = (by: Judged): void => void told.judged.push(by);
    await authorize(signed.caller, asked, { now: Date.now(), context: signed.context, tagsOf, judged });
  }

  /** Asks again, for an answer that goes on: rejects if the caller may not do it any more. */
  async authorizeAgain(response: Response, asked: readonly Asked[]): Promise<void> {
    const { signed } = callOf(response);
    if (signed === undefined) return;
    this.identify(response, { ...signed, caller: await signed.again() });
    await this.authorize(response, asked);
  }

  /** Runs an operation of a door for this request. Throws as `invokeOperation` does. */
  async invoke(
    response: Response,
    called: { readonly door: Door; readonly name: string },
    body: unknown,
  ): Promise<Answer> {
    const { told } = callOf(response);
    told.called = { ...called, body };
    const context = this.contextOf(response, called.name);
    const by = { source: sourceNetwork(response.req), principal: countedAs(context.caller.principal) };
    this.#dependencies.throttle?.admit(called.door.service, called.name, by);
    const problem = this.#recordsMore(response, called) ? this.#dependencies.unwritable?.() : undefined;
    if (problem !== undefined) throw unwritable(problem);
    const { door, name } = called;
    const check = async (input: object): Promise<void> => {
      if (callOf(response).signed !== undefined) {
        await this.authorize(response, await door.access(name, input, context));
      } else if (this.#dependencies.auditor?.keeps(factsOf(response)) === true) {
        told.asked = await askedOf(door, name, input, context);
      }
    };
    told.answer = await invokeOperation(called, body, { context, check });
    return told.answer;
  }

  /** Calls that give credentials change nothing, and the audit keeps each of them. */
  #recordsMore(response: Response, { door, name }: { readonly door: Door; readonly name: string }): boolean {
    if (recordsMore(door, name)) return true;
    const isRead = door.operations.get(name)?.effect === 'reads';
    return isRead && this.#dependencies.auditor?.keeps(factsOf(response)) === true;
  }

  /** What a handler of this request works with. The operation's name goes into its commands and its log line. */
  contextOf(response: Response, operation: string): OperationContext {
    const call = callOf(response);
    call.operation = printable(operation);
    const { store, workflows, partition, accessKeys, tokens, values, webIdentities, agentBuild } = this.#dependencies;
    const { guards = UNGUARDED } = this.#dependencies;
    const { requestId, circumstances, caller } = call;
    if (caller === undefined) throw new Error(`It is not known who calls ${operation}.`);
    return {
      store,
      workflows: workflows.forCall({ kind: 'call', operation, requestId, principalArn: caller.principal.arn }),
      partition,
      now: Date.now(),
      requestId,
      caller,
      circumstances,
      reads: new CallReads(store),
      accessKeys,
      tokens,
      values,
      audited: this.#dependencies.auditor !== undefined,
      webIdentities,
      guards,
      tell: tellOf(call),
      agentBuild,
      hasEnvironmentFiles: this.#dependencies.hasEnvironmentFiles ?? false,
    };
  }

  /** Answers with a status and a body that is ready for JSON. Rejects, without an answer, as `succeedWith` does. */
  async succeed(
    response: Response,
    { status, body }: { readonly status: number; readonly body: unknown },
  ): Promise<void> {
    await this.#record(response, body);
    this.#send(response, status, JSON.stringify(body));
  }

  /** Answers with a text in the request's protocol. Rejects, without an answer, if the call cannot be put on record. */
  async succeedWith(
    response: Response,
    { status, text }: { readonly status: number; readonly text: string },
  ): Promise<void> {
    await this.#record(response, undefined);
    this.#send(response, status, text);
  }

  /** Answers with the error that `thrown` stands for. Logs its cause if the fault is Longshore's. */
  async fail(response: Response, thrown: unknown): Promise<void> {
    const { protocol, requestId, told } = callOf(response);
    const error = this.#wireError(thrown, protocol.kind, requestId);
    const { auditor } = this.#dependencies;
    if (auditor !== undefined && !told.isTold) {
      told.isTold = true;
      const refusedWith = isAwsError(thrown) ? thrown.code : error.code;
      await auditor.refused(factsOf(response), { ...error, refusedWith });
    }
    response.setHeader('x-amzn-errortype', error.code);
    send(response, error.status, errorText(error, protocol, requestId));
    this.#log(response, error.status, error, thrown);
  }

  async #record(response: Response, body: unknown): Promise<void> {
    callOf(response).told.isTold = true;
    await this.#dependencies.auditor?.carriedOut(factsOf(response), body);
  }

  #send(response: Response, status: number, text: string): void {
    send(response, status, text);
    this.#log(response, status);
  }

  /**
   * While nothing can be recorded, that is the cause of any failure of the database, of Temporal or of Longshore, so
   * the answer says so.
   */
  #wireError(thrown: unknown, protocol: Protocol['kind'], requestId: string): WireError {
    const error = wireError(thrown, protocol, requestId);
    const problem = FAILURES.has(error.code) ? this.#dependencies.unwritable?.() : undefined;
    return problem === undefined
      ? error
      : { ...wireError(unwritable(problem), protocol, requestId), fault: error.fault };
  }

  #log(response: Response, status: number, error?: WireError, cause?: unknown): void {
    const { requestId, operation, startedAt, signed, told } = callOf(response);
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    const fields = { requestId, operation, status, ms, ...defined({ principal: signed?.caller.principal.arn }) };
    const { logger } = this.#dependencies;
    if (error === undefined) {
      logger.info(fields, 'request');
      for (const warning of told.warnings) logger.warn({ requestId, operation }, warning);
    } else if (error.fault) logger.error({ ...fields, code: error.code, err: cause }, 'request failed');
    else {
      const cannotBeTold = cause instanceof GuardedError ? { detail: cause.forLog } : {};
      logger.info({ ...fields, code: error.code, message: error.message, ...cannotBeTold }, 'request refused');
    }
  }
}

function send(response: Response, status: number, content: string | Uint8Array): void {
  response.statusCode = status;
  response.setHeader('content-type', contentTypeOf(callOf(response).protocol));
  response.setHeader('content-length', Buffer.byteLength(content));
  response.end(content);
}

/** What an unsigned call asks for: the audit names its resources. Nobody is refused by it. */
async function askedOf(door: Door, name: string, input: object, context: OperationContext): Promise<readonly Asked[]> {
  try {
    return await (door.named ?? door.access)(name, input, context);
  } catch (error) {
    // The operation refuses it in its own words.
    if (isAwsError(error)) return [];
    throw error;
  }
}
