/** Retries for as long as it takes: the servers that the agent needs may be away at any time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

const RETRY_MS = { first: 250, most: 5_000 };

export interface Attempts {
  readonly what: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** True for failures that no retry cures. They are thrown at once. */
  readonly isFinal?: (error: unknown) => boolean;
}

/** Retries until the attempt succeeds. Throws final errors, and when the signal aborts. */
export async function untilDone<T>({ what, logger, signal, isFinal }: Attempts, attempt: () => Promise<T>): Promise<T> {
  for (let wait = RETRY_MS.first; ; wait = Math.min(wait * 2, RETRY_MS.most)) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (isFinal?.(error) === true) throw error;
      logger.warn({ err: error }, `${what}: trying again`);
    }
    await sleep(wait, undefined, { signal });
  }
}
