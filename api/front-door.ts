/** The front door: takes every request of an AWS client on `/`, and hands it to the service that it is for. */
import type { Request, Response } from 'express';
import { EcsError } from '../model/errors.ts';
import { isSigned } from './auth/signature/claim.ts';
import { type Door, type DoorProtocol, operationOfTarget } from './door.ts';
import type { Calls } from './protocol/calls.ts';
import { queryAnswer } from './protocol/query-answer.ts';
import { type Form, membersOf } from './protocol/query-request.ts';
import { parseBody } from './protocol/request-body.ts';
import { checkJson } from './protocol/request-text.ts';
import { responseBody } from './protocol/response-body.ts';
import { doorOf, formOf, readableForm, REST_PREFIX, serviceNamed, signedService } from './which-door.ts';

/** The content types that AWS JSON clients and people with curl send. */
const CONTENT_TYPES = new Set(['application/x-amz-json-1.1', 'application/x-amz-json-1.0', 'application/json']);

/** The service for which calls of the REST routes are signed. */
const REST_SERVICE = 'ecs';

type JsonProtocol = Extract<DoorProtocol, { readonly kind: 'json' }>;

export class FrontDoor {
  readonly #doors: readonly Door[];
  readonly #calls: Calls;
  readonly #authenticated: boolean;

  /** `authenticated`: whether callers must sign. */
  constructor(doors: readonly Door[], calls: Calls, { authenticated }: { readonly authenticated: boolean }) {
    this.#doors = doors;
    this.#calls = calls;
    this.#authenticated = authenticated;
  }

  /** Answers one request. Throws AwsError; the server's error handler turns it into the protocol's error. */
  async answer(request: Request, response: Response): Promise<void> {
    const form = formOf(request);
    const door = this.#doorOf(request, form);
    if (door.protocol.kind === 'query') {
      const called = form ?? new Map<string, string>();
      if (request.method !== 'POST') this.#refuseChangeByGet(door, called.get('Action') ?? '');
      await this.#answerQuery({ door, form: called }, response);
    } else await this.#answerJson(door, request, response);
  }

  /** Refuses a request that is signed for a service that does not answer there. The REST routes are ECS's. */
  refuseOtherService(request: Request): void {
    const service = signedService(request);
    if (service === undefined) return;
    const serves = request.path.startsWith(REST_PREFIX) ? [REST_SERVICE] : this.#doors.map((door) => door.service);
    if (!serves.includes(service)) throw this.#noDoor(service, serves);
  }

  /** Whether the request is not signed, and is for an operation that asks for no signature. */
  takesUnsigned(request: Request): boolean {
    if (request.path !== '/' || isSigned(request)) return false;
    const form = readableForm(request);
    const door = form === undefined ? undefined : doorOf(this.#doors, request, form);
    return door?.unsigned?.has(form?.get('Action') ?? '') === true;
  }

  /** A web page can make a browser send a GET. Where callers sign, it cannot sign it. */
  #refuseChangeByGet(door: Door, name: string): void {
    const operation = door.operations.get(name);
    if (this.#authenticated || operation === undefined || operation.effect === 'reads') return;
    throw new EcsError('AccessDeniedException', `Send ${name} by POST: only calls that read are answered by GET.`);
  }

  #doorOf(request: Request, form: Form | undefined): Door {
    const door = doorOf(this.#doors, request, form);
    if (door !== undefined) return door;
    const service = serviceNamed(request, form);
    throw service === undefined ? this.#noTarget() : this.#noDoor(service);
  }

  #noDoor(service: string, serves: readonly string[] = this.#doors.map((door) => door.service)): EcsError {
    const message = `Longshore does not serve ${service}. At this address it serves ${serves.join(', ')}.`;
    return new EcsError('UnknownOperationException', message);
  }

  #noTarget(): EcsError {
    const prefixes = this.#doors.flatMap(({ protocol }) => (protocol.kind === 'json' ? [protocol.targetPrefix] : []));
    const examples = prefixes.map((prefix) => `${prefix}<operation>`).join(' or ');
    const message = `The request names no operation. Send the header X-Amz-Target: ${examples}.`;
    return new EcsError('UnknownOperationException', message);
  }

  async #answerJson(door: Door, request: Request, response: Response): Promise<void> {
    if (door.protocol.kind !== 'json') throw new Error(`${door.service} does not speak AWS JSON.`);
    const { version } = door.protocol;
    this.#calls.speak(response, { kind: 'json', version });
    const name = targetOperation(door, door.protocol, request);
    const { shape, output } = await this.#calls.invoke(response, { door, name }, parseBody(request.body));
    await this.#calls.succeed(response, { status: 200, body: responseBody(shape, output) });
  }

  async #answerQuery({ door, form }: { readonly door: Door; readonly form: Form }, response: Response): Promise<void> {
    if (door.protocol.kind !== 'query') throw new Error(`${door.service} does not speak Query.`);
    const { namespace, version } = door.protocol;
    const requestId = this.#calls.speak(response, { kind: 'query', namespace });
    const operation = form.get('Action');
    if (operation === undefined) throw new EcsError('UnknownOperationException', 'The request names no Action.');
    const shapes = form.get('Version') === version ? door.catalogue.shapesOf(operation) : undefined;
    if (shapes === undefined) {
      const message = `Could not find operation ${operation} for version ${form.get('Version') ?? '(none)'}`;
      throw new EcsError('UnknownOperationException', message);
    }
    const members = membersOf(form, shapes.input);
    checkJson(members);
    const { shape, output } = await this.#calls.invoke(response, { door, name: operation }, members);
    await this.#calls.succeedWith(response, {
      status: 200,
      text: queryAnswer({ operation, shape, output }, { namespace, requestId }),
    });
  }
}

/** The operation that a request's target header names. Throws UnknownOperationException. */
function targetOperation(door: Door, { version, targetPrefix }: JsonProtocol, request: Request): string {
  const type = request.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!CONTENT_TYPES.has(type)) {
    throw new EcsError(
      'UnknownOperationException',
      `Content-Type '${type}' is not understood. Send application/x-amz-json-${version}.`,
    );
  }
  const target = request.get('x-amz-target') ?? '';
  const name = operationOfTarget(door, target);
  if (name !== undefined) return name;
  throw new EcsError(
    'UnknownOperationException',
    `X-Amz-Target '${target}' is not understood. Send ${targetPrefix}<operation>.`,
  );
}
