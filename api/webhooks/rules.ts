/** Checks the parameters of a webhook. */
import { type EventPattern, patternFault } from '../../model/event-pattern.ts';
import type { Webhook } from '../../model/webhook.ts';
import { type AddressPolicy, hostFault } from '../../model/outgoing-address.ts';
import { invalid } from '../ecs/rules/refusals.ts';

const MEMBERS = ['url', 'pattern', 'secret', 'status'];
const MOST_URL_CHARACTERS = 2_048;
const MOST_SECRET_CHARACTERS = 1_024;
const MOST_PATTERN_CHARACTERS = 4_096;

/** The body of a request. An absent member stays as it is; null removes it. */
export interface WebhookRequest {
  readonly url?: string;
  readonly pattern?: EventPattern | null;
  readonly secret?: string | null;
  readonly status?: Webhook['status'];
}

/**
 * Reads the body of a request that creates or changes a webhook. Throws InvalidParameterException, also for a URL with an
 * address that webhooks may not go to. What a name stands for is looked up at each delivery.
 */
export function readWebhook(body: unknown, addresses: AddressPolicy): WebhookRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('A webhook is an object.');
  const members = body as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(members).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) throw invalid(`A webhook has no member ${unknown}. It has: ${MEMBERS.join(', ')}.`);
  const { url, pattern, secret, status } = members;
  return {
    ...(url === undefined ? {} : { url: readUrl(url, addresses) }),
    ...(pattern === undefined ? {} : { pattern: readPattern(pattern) }),
    ...(secret === undefined ? {} : { secret: readSecret(secret) }),
    ...(status === undefined ? {} : { status: readStatus(status) }),
  };
}

/** Only http and https. Credentials are refused because anybody who lists webhooks would see them. */
function readUrl(value: unknown, addresses: AddressPolicy): string {
  const isUrl = typeof value === 'string' && value.length <= MOST_URL_CHARACTERS && URL.canParse(value);
  const url = isUrl ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid(`url must be an http or https URL of at most ${MOST_URL_CHARACTERS} characters.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid('url must not hold credentials. Set a secret: each delivery is signed with it.');
  }
  const fault = hostFault(url.hostname, addresses);
  if (fault !== undefined) throw invalid(`url is not allowed. ${fault}`);
  return url.href;
}

function readPattern(value: unknown): EventPattern | null {
  if (value === null) return null;
  const fault =
    JSON.stringify(value).length > MOST_PATTERN_CHARACTERS
      ? `pattern must have at most ${MOST_PATTERN_CHARACTERS} characters.`
      : patternFault(value);
  if (fault !== undefined) throw invalid(fault);
  return value as EventPattern;
}

function readSecret(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value === 'string' && value.length >= 1 && value.length <= MOST_SECRET_CHARACTERS) return value;
  throw invalid(`secret must be a text of 1 to ${MOST_SECRET_CHARACTERS} characters.`);
}

function readStatus(value: unknown): Webhook['status'] {
  if (value === 'ENABLED' || value === 'DISABLED') return value;
  throw invalid('status must be ENABLED or DISABLED.');
}
