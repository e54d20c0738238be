/** Follows the API's event stream, and resumes after the last event when the stream ends: no event is missed or printed twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventEnvelope } from '../../model/event.ts';
import type { Answer } from '../local-api.ts';
import { serverSentEvents } from '../../tools/server-sent-events.ts';

const RETRY_MS = 1_000;

export interface FollowOptions {
  /** Opens the stream with these headers beside the request's own. */
  readonly open: (headers: Readonly<Record<string, string>>) => Promise<Answer>;
  /** Resume after this position. Undefined: only new events. */
  readonly after: string | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: (position: string, event: EventEnvelope) => void;
  /** The stream ended, or could not be opened again. */
  readonly onGap: () => void;
}

/** A refusal that a retry does not change. */
export class FollowRefused extends Error {
  override name = 'FollowRefused';
}

/** Follows until the signal. Resolves to the position of the last event. Throws when the first attempt to open the stream fails. */
export async function followEvents(options: FollowOptions): Promise<string | undefined> {
  const { signal, onGap } = options;
  // A function, since the signal may change during each wait.
  const isStopped = (): boolean => signal.aborted;
  let position = options.after;
  let opened = false;
  while (!isStopped()) {
    try {
      const body = await open(options, position);
      opened = true;
      for await (const { id, data } of serverSentEvents(body)) {
        // The callback comes before the position: an interruption between them repeats the event rather than loses it.
        if (id !== undefined && data !== undefined) options.onEvent(id, JSON.parse(data) as EventEnvelope);
        position = id ?? position;
      }
    } catch (error) {
      if (isStopped()) break;
      if (!opened || error instanceof FollowRefused) throw error;
    }
    if (!isStopped()) onGap();
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
  return position;
}

async function open(options: FollowOptions, position: string | undefined): Promise<AsyncIterable<Uint8Array>> {
  const response = await options.open(position === undefined ? {} : { 'last-event-id': position });
  if (response.status === 200 && response.body !== null) return response.body;
  const { message } = (await response.json().catch(() => ({}))) as { message?: string };
  const text = message ?? `The API answered ${response.status}.`;
  // Longshore answers 503 while it restarts.
  throw response.status < 500 ? new FollowRefused(text) : new Error(text);
}
