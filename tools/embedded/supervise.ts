/** Restarts an embedded server that somebody killed, so that nobody has to restart Longshore. */
import type { Logger } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import { isListening } from '../process.ts';

const LOOK_EVERY_MS = 500;
/** The pause between failed attempts, such as on a full disk, doubles each time up to this. */
const LONGEST_PAUSE_MS = 5_000;

export interface Supervised {
  readonly name: string;
  readonly port: number;
  /** Starts the server again, or takes over a server that is only slow to answer. */
  restart(): Promise<unknown>;
}

/** Watches the server's port until the caller calls the returned function, which resolves when no restart is in progress. */
export function supervise(server: Supervised, logger: Logger): () => Promise<void> {
  const stopping = new AbortController();
  const watching = watch(server, logger, stopping.signal);
  return async () => {
    stopping.abort();
    await watching;
  };
}

async function watch(server: Supervised, logger: Logger, stopping: AbortSignal): Promise<void> {
  let failures = 0;
  const pause = (): Promise<boolean> =>
    sleep(Math.min(LOOK_EVERY_MS * 2 ** failures, LONGEST_PAUSE_MS), true, { signal: stopping }).catch(() => false);
  while (await pause()) {
    if (await isListening(server.port)) {
      failures = 0;
      continue;
    }
    if (failures === 0) logger.warn({ port: server.port }, `${server.name} is gone; starting it again`);
    try {
      await server.restart();
      logger.warn({ port: server.port }, `${server.name} is back`);
      failures = 0;
    } catch (error) {
      failures += 1;
      logger.error({ err: error, attempt: failures }, `${server.name} could not be started again`);
    }
  }
}
