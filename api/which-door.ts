/**
 * Which AWS service a request is for, decided once: by the scope of its signature, else by its X-Amz-Target header, else
 * by its form's Action and Version, else by its path. Requests that name no service are ECS's.
 */
import type { Request } from 'express';
import { type Door, operationOfTarget } from './door.ts';
import { AWS_JSON, type Protocol, REST } from './protocol/protocol.ts';
import { type Form, parseForm } from './protocol/query-request.ts';
import { textOf } from './protocol/request-body.ts';

/** The REST routes under this path belong to Longshore itself. */
export const REST_PREFIX = '/v1/';

const FORM_TYPE = 'application/x-www-form-urlencoded';
const SIGNED_SERVICE = /\bCredential=[^,\s/]+\/\d{8}\/[^,\s/]*\/([\w-]+)\/aws4_request\b/;
const PRESIGNED_SERVICE = /^[^/]+\/\d{8}\/[^/]*\/([\w-]+)\/aws4_request$/;
/** Services whose clients read errors as XML although they send no form. */
const XML_SERVICES: ReadonlySet<string> = new Set(['s3', 's3-object-lambda', 'route53', 'cloudfront']);

/** The parts of a request that tell what it is for. */
export type Addressed = Pick<Request, 'get' | 'path' | 'query'>;

/** The service in the scope of the request's signature, header or presigned; undefined if it is not signed. */
export function signedService(request: Addressed): string | undefined {
  const presigned = request.query['X-Amz-Credential'];
  if (typeof presigned === 'string') return PRESIGNED_SERVICE.exec(presigned)?.[1];
  return SIGNED_SERVICE.exec(request.get('authorization') ?? '')?.[1];
}

const isForm = (request: Addressed): boolean =>
  request.get('content-type')?.split(';')[0]?.trim().toLowerCase() === FORM_TYPE;

/** How to answer a request before its door is known, so that its client can read the error. */
export function guessProtocol(request: Addressed): Protocol {
  const service = signedService(request);
  if (request.path.startsWith(REST_PREFIX)) return REST;
  if (request.get('smithy-protocol') === 'rpc-v2-cbor') return { kind: 'cbor' };
  if (service === 'ec2') return { kind: 'ec2' };
  if (isForm(request) || request.query['Action'] !== undefined || XML_SERVICES.has(service ?? '')) {
    return { kind: 'query', namespace: service === undefined ? '' : `https://${service}.amazonaws.com/doc/` };
  }
  return /x-amz-json-1\.0/i.test(request.get('content-type') ?? '') ? { kind: 'json', version: '1.0' } : AWS_JSON;
}

/** The door of a signed service, or of what the request's target or form names; undefined if Longshore has none. */
export function doorOf(doors: readonly Door[], request: Addressed, form: Form | undefined): Door | undefined {
  const service = signedService(request);
  if (service !== undefined) return doors.find((door) => door.service === service);
  const target = request.get('x-amz-target') ?? '';
  return doors.find(({ protocol, catalogue }) =>
    protocol.kind === 'json'
      ? operationOfTarget({ protocol }, target) !== undefined
      : form?.get('Version') === protocol.version && catalogue.names.includes(form.get('Action') ?? ''),
  );
}

/** The form of a Query request: its body, or the query of a presigned URL; undefined if it is no such request. */
export function formOf(request: Request): Form | undefined {
  if (isForm(request)) return parseForm(Buffer.isBuffer(request.body) ? textOf(request.body) : '');
  if (request.query['Action'] === undefined) return undefined;
  return parseForm(request.url.slice(request.url.indexOf('?') + 1));
}

/** The same; undefined if it cannot be read. */
export function readableForm(request: Request): Form | undefined {
  try {
    return formOf(request);
  } catch {
    return undefined;
  }
}

/** What the request calls a service for which no door was found; undefined if it names none. */
export function serviceNamed(request: Addressed, form: Form | undefined): string | undefined {
  const target = request.get('x-amz-target')?.split('.')[0] ?? '';
  if (target !== '') return target;
  const version = form?.get('Version');
  return form === undefined
    ? undefined
    : `version ${version ?? '(none)'} of an API that has ${form.get('Action') ?? 'no Action'}`;
}
