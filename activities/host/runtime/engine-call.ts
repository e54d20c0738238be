/** How calls to the engine fail, and how long the agent waits for an engine that is away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RuntimeError } from './types.ts';
import type { RuntimeErrorName } from './types.ts';

/** An engine that restarts is back within this time, and calls wait for it. */
const AWAY_PATIENCE_MS = 30_000;
const AWAY_RETRY_MS = 200;
const CONNECTION_ERRORS: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
];

interface EngineFailure {
  readonly statusCode?: unknown;
  readonly code?: unknown;
  readonly json?: unknown;
  readonly message?: unknown;
}
const asFailure = (error: unknown): EngineFailure => (typeof error === 'object' && error !== null ? error : {});

/** Returns the HTTP status of the engine's refusal; undefined for other errors. */
export function statusOf(error: unknown): number | undefined {
  const { statusCode } = asFailure(error);
  return typeof statusCode === 'number' ? statusCode : undefined;
}

/** Whether the engine could not be reached at all. */
export function isAway(error: unknown): boolean {
  const { code } = asFailure(error);
  return typeof code === 'string' && CONNECTION_ERRORS.includes(code) && statusOf(error) === undefined;
}

/** The client's own words around the engine's. */
const HTTP_WRAPPING = /^\(HTTP code \d+\) .*? - /;

/** The text of an engine's failure that users see: the engine's words, as Docker's own client shows them. */
export function messageOf(error: unknown): string {
  const words = wordsOf(error);
  return statusOf(error) === undefined ? words : `Error response from daemon: ${words}`;
}

function wordsOf(error: unknown): string {
  const { json, message } = asFailure(error);
  const inner = typeof json === 'object' && json !== null ? (json as { message?: unknown }).message : undefined;
  if (typeof inner === 'string' && inner !== '') return inner.trim();
  return typeof message === 'string' ? message.replace(HTTP_WRAPPING, '').trim() : String(error);
}

/** Runs an idempotent call, and repeats it while the engine is away. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + AWAY_PATIENCE_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isAway(error) || Date.now() > deadline) throw error;
    }
    await sleep(AWAY_RETRY_MS);
  }
}

/** Runs an idempotent call. Refusals with one of the given statuses count as success; others throw a RuntimeError. */
export async function engineCall<T>(
  name: RuntimeErrorName,
  call: () => Promise<T>,
  accepted: readonly number[] = [],
): Promise<T | undefined> {
  try {
    return await patiently(call);
  } catch (error) {
    const status = statusOf(error);
    if (status !== undefined && accepted.includes(status)) return undefined;
    throw new RuntimeError(name, messageOf(error));
  }
}
