/** Reads the query of a request for records of the audit. */
import { defined } from '../../model/defined.ts';
import type { AuditFilter } from '../../store/contract/audit.ts';
import { invalid } from '../ecs/rules/refusals.ts';
import { keyInToken, pageToken } from '../protocol/page-token.ts';

const DEFAULT_LIMIT = 50;
export const MOST_RECORDS = 1_000;
/** Where a page ends: the time and the id of its last record. */
const KEY = /^\d{1,16}\/[0-9a-f-]{36}$/;
const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NAMES = [
  ...['user', 'eventName', 'eventSource', 'resource', 'resourceType', 'requestId', 'accessKeyId'],
  ...['errorsOnly', 'since', 'until', 'limit', 'nextToken'],
] as const;
type Name = (typeof NAMES)[number];

export interface AuditQuery {
  readonly filter: AuditFilter;
  readonly page: { readonly limit: number; readonly after?: string };
  /** The token for what follows this key. */
  readonly tokenFor: (key: string) => string;
}

/** Throws InvalidParameterException. */
export function readAuditQuery(query: Readonly<Record<string, unknown>>): AuditQuery {
  const given = readTexts(query);
  const filter: AuditFilter = defined({
    userName: given.user,
    eventName: given.eventName,
    eventSource: given.eventSource,
    resourceName: given.resource,
    resourceType: given.resourceType,
    requestId: given.requestId === undefined ? undefined : requestIdOf(given.requestId),
    accessKeyId: given.accessKeyId,
    errorsOnly: readFlag('errorsOnly', given.errorsOnly),
    since: timeOf('since', given.since),
    until: timeOf('until', given.until),
  });
  if (filter.since !== undefined && filter.until !== undefined && filter.since > filter.until) {
    throw invalid('since must not be after until.');
  }
  const list = [
    'audit',
    ...NAMES.filter((name) => name !== 'limit' && name !== 'nextToken').map((name) => given[name]),
  ];
  const after = given.nextToken === undefined ? undefined : keyInToken(list, given.nextToken);
  if (given.nextToken !== undefined && (after === undefined || !KEY.test(after)))
    throw invalid('nextToken is not of this list.');
  return {
    filter,
    page: { limit: limitOf(given.limit), ...defined({ after }) },
    tokenFor: (key) => pageToken(list, key),
  };
}

function readTexts(query: Readonly<Record<string, unknown>>): Partial<Readonly<Record<Name, string>>> {
  const unknown = Object.keys(query).filter((name) => !NAMES.some((known) => known === name) && !/^X-Amz-/i.test(name));
  if (unknown.length > 0) throw invalid(`There is no ${unknown.join(', ')}. Filters are ${NAMES.join(', ')}.`);
  const texts = NAMES.flatMap((name): [Name, string][] => {
    const value = query[name];
    if (value === undefined) return [];
    if (typeof value !== 'string' || value === '') throw invalid(`${name} must be one text.`);
    return [[name, value]];
  });
  return Object.fromEntries(texts);
}

export function requestIdOf(text: string): string {
  if (REQUEST_ID.test(text)) return text.toLowerCase();
  throw invalid('requestId must be the id of a request, as answers have it in x-amzn-RequestId.');
}

function readFlag(name: string, text: string | undefined): true | undefined {
  if (text === undefined || text === 'false') return undefined;
  if (text === 'true') return true;
  throw invalid(`${name} must be true or false.`);
}

/** Epoch seconds or ISO 8601. */
function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = /^\d{1,11}(?:\.\d+)?$/.test(text)
    ? Number(text) * 1000
    : /^\d{4}-\d\d-\d\d/.test(text)
      ? Date.parse(text)
      : NaN;
  if (Number.isNaN(at))
    throw invalid(`${name} must be a time in ISO 8601, such as 2026-11-30T16:00:00Z, or epoch seconds.`);
  return Math.trunc(at);
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST_RECORDS) throw invalid(`limit must be between 1 and ${MOST_RECORDS}.`);
  return limit;
}
