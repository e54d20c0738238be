/** Makes the record of a call, in CloudTrail's form, from what is known of it. */
import { TLSSocket } from 'node:tls';
import type { Request } from 'express';
import type { Partition } from '../../model/arn.ts';
import type { AuditEvent, AuditRecord } from '../../model/audit.ts';
import { defined } from '../../model/defined.ts';
import { sourceAddress } from '../auth/circumstances.ts';
import { readClaim } from '../auth/signature/claim.ts';
import { printable } from '../protocol/printable.ts';
import { parseBody } from '../protocol/request-body.ts';
import type { CallFacts, Outcome } from './facts.ts';
import { identityOf, inSeconds, unknownIdentity, webIdentityOf } from './identity.ts';
import { judgementsOf } from './judgements.ts';
import { shown, shownPlain } from './masking.ts';
import { type NamedCall, OWN_SERVICE } from './named-call.ts';
import { resourcesOf } from './resources.ts';
import { isRead } from './which.ts';

export const EVENT_VERSION = '1.11';
/** CloudTrail's limit for each of request parameters and answer. */
const MOST_BYTES = 100 * 1024;
/** The same where the call was refused, so that what nobody is charged for stays small. */
const MOST_BYTES_REFUSED = 4 * 1024;
/** The same where the caller has nothing but a token of an issuer that may issue them to everybody. */
const MOST_BYTES_REFUSED_TOKEN = 1024;
const MOST_RESOURCES_REFUSED = 10;
/** Of the message to a caller who is not known: it may repeat what the request says. */
const MOST_MESSAGE_TO_UNKNOWN = 200;
/** The longest name of a host. */
const MOST_HOST = 255;
/** CloudTrail's limit for a user agent. */
const MOST_AGENT = 1_024;

interface Recorded {
  readonly at: number;
  readonly named: NamedCall;
  readonly partition: Partition;
}

/** `at`: when it was answered, in milliseconds since the epoch. */
export function recordOf(facts: CallFacts, outcome: Outcome, { at, named, partition }: Recorded): AuditRecord {
  const { request, requestId, caller, accessKeyId, judged } = facts;
  const { service, operation } = named;
  const readOnly = service === OWN_SERVICE ? !named.ownChange : isRead(operation);
  const responseElements = readOnly && !answersCredentials(facts) ? null : answerOf(facts, outcome);
  const isRefused = 'error' in outcome;
  const resources = resourcesOf(facts.asked, responseElements).slice(0, isRefused ? MOST_RESOURCES_REFUSED : Infinity);
  const webIdentity = facts.webIdentity && webIdentityOf(facts.webIdentity);
  const isKnown = caller !== undefined || webIdentity !== undefined;
  const mostRefused = caller === undefined ? MOST_BYTES_REFUSED_TOKEN : MOST_BYTES_REFUSED;
  const most = isRefused ? mostRefused : MOST_BYTES;
  const userAgent = request.get('user-agent');
  const event: AuditEvent = {
    eventVersion: EVENT_VERSION,
    userIdentity:
      caller === undefined ? (webIdentity ?? unknownIdentity(claimedKey(request))) : identityOf(caller, accessKeyId),
    eventTime: inSeconds(at),
    eventSource: sourceOf(service),
    eventName: operation,
    awsRegion: partition.region,
    sourceIPAddress: sourceAddress(request) ?? '',
    ...(userAgent === undefined ? {} : { userAgent: printable(userAgent).slice(0, MOST_AGENT) }),
    ...('error' in outcome ? errorOf(outcome.error, { isKnown }) : {}),
    // What somebody unknown sends is nobody's word.
    requestParameters: isKnown ? bounded(parametersOf(facts, named), most) : null,
    responseElements: bounded(responseElements, most),
    ...{ requestID: requestId, eventID: requestId, readOnly },
    ...(resources.length === 0 ? {} : { resources }),
    ...{ eventType: 'AwsApiCall', managementEvent: true },
    ...{ recipientAccountId: partition.account, eventCategory: 'Management' },
    ...defined({ tlsDetails: tlsOf(request) }),
  };
  return { at, event, ...(judged.length === 0 ? {} : { judgements: judgementsOf(judged) }) };
}

const errorOf = ({ code, message }: { readonly code: string; readonly message: string }, { isKnown = false }) => ({
  errorCode: code,
  errorMessage: isKnown ? message : message.slice(0, MOST_MESSAGE_TO_UNKNOWN),
});

/** `ecs.amazonaws.com`, as CloudTrail names services. Longshore itself is none of AWS's. */
const sourceOf = (service: string): string => (service === OWN_SERVICE ? service : `${service}.amazonaws.com`);

/** Of the calls that only read and are kept, those have an answer in CloudTrail that give credentials. */
const answersCredentials = ({ answer }: CallFacts): boolean =>
  answer?.shape.members.some(({ name }) => name === 'Credentials') ?? false;

function answerOf({ answer }: CallFacts, outcome: Outcome): unknown {
  if ('error' in outcome) return null;
  return answer === undefined ? shownPlain(outcome.body) : shown(answer.shape, answer.output);
}

function parametersOf({ called, request }: CallFacts, { ownChange }: NamedCall): unknown {
  if (called !== undefined) {
    const shape = called.door.catalogue.shapesOf(called.name)?.input;
    return shape && shown(shape, called.body);
  }
  return ownChange ? shownPlain({ ...pathAndQuery(request), ...bodyOf(request) }) : null;
}

/** Without what signs a URL. */
const pathAndQuery = ({ params, query }: Request): object => ({
  ...params,
  ...Object.fromEntries(Object.entries(query).filter(([name]) => !/^X-Amz-/i.test(name))),
});

/** Nothing if it cannot be read: the call was refused because of it. */
function bodyOf({ body }: Request): object {
  try {
    const parsed = parseBody(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** As CloudTrail, null for nothing; what is too large is left out, with its size. */
function bounded(value: unknown, mostBytes: number): unknown {
  if (value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0))
    return null;
  const originalSize = Buffer.byteLength(JSON.stringify(value));
  return originalSize <= mostBytes ? value : { omitted: true, originalSize };
}

function claimedKey(request: Request): string | undefined {
  try {
    return readClaim(request).accessKeyId;
  } catch {
    return undefined;
  }
}

function tlsOf({ socket, headers }: Request): AuditEvent['tlsDetails'] {
  if (!(socket instanceof TLSSocket)) return undefined;
  const clientProvidedHostHeader = printable(headers.host ?? '').slice(0, MOST_HOST);
  return {
    tlsVersion: socket.getProtocol() ?? '',
    cipherSuite: socket.getCipher().standardName,
    clientProvidedHostHeader,
  };
}
