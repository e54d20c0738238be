/** Makes one delivery to a webhook: a signed POST that succeeds with any 2xx. */
import { createHmac } from 'node:crypto';
import { type Agent, fetch } from 'undici';
import type { EventEnvelope } from '../../model/event.ts';
import { type AddressPolicy, hostFault } from '../../model/outgoing-address.ts';

const PATIENCE_MS = 10_000;
const MOST_ERROR_CHARACTERS = 500;

export interface Delivery {
  readonly webhookId: string;
  readonly url: string;
  readonly secret?: string;
  readonly position: number;
  readonly event: EventEnvelope;
}

/**
 * Returns `sha256=` and the hex HMAC of `timestamp.body`. The receiver computes the same, compares in constant time,
 * and refuses old timestamps (in seconds).
 */
export const signature = (secret: string, timestamp: number, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

/** How deliveries reach their receivers. */
export interface Way {
  readonly policy: AddressPolicy;
  /** Checks the addresses of names. */
  readonly connections: Agent;
}

/**
 * Returns undefined if the receiver accepted the event, or else the reason. Redirects are not followed and count as a
 * refusal. A receiver at an address that `way` does not allow is not called.
 */
export async function post(
  delivery: Delivery,
  { policy, connections }: Way,
  signal: AbortSignal,
): Promise<string | undefined> {
  // For an address in the URL there is nothing to look up.
  const fault = hostFault(new URL(delivery.url).hostname, policy);
  if (fault !== undefined) return fault;
  const body = JSON.stringify(delivery.event);
  const timestamp = Math.floor(Date.now() / 1000);
  const { secret } = delivery;
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      dispatcher: connections,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Longshore',
        'x-longshore-webhook': delivery.webhookId,
        'x-longshore-position': String(delivery.position),
        'x-longshore-timestamp': String(timestamp),
        ...(secret === undefined ? {} : { 'x-longshore-signature': signature(secret, timestamp, body) }),
      },
    });
    await response.body?.cancel();
    return response.ok ? undefined : `The receiver answered ${response.status}.`;
  } catch (error) {
    return explain(error).slice(0, MOST_ERROR_CHARACTERS);
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `The receiver did not answer within ${PATIENCE_MS / 1000} s.`;
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
