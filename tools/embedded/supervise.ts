/** Brings an embedded server back that somebody killed, so that Longshore need not be restarted. */
import type { Logger } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import { isListening } from '../process.ts';

const LOOK_EVERY_MS = 500;

export interface Supervised {
  readonly name: string;
  readonly port: number;
  /** Starts it again; takes over one that is only slow to answer. */
  restart(): Promise<unknown>;
}

/** Watches the server's port until the returned function is called; that resolves when no restart is under way any more. */
export function supervise(server: Supervised, logger: Logger): () => Promise<void> {
  const stopping = new AbortController();
  const watching = watch(server, logger, stopping.signal);
  return async () => {
    stopping.abort();
    await watching;
  };
}

async function watch(server: Supervised, logger: Logger, stopping: AbortSignal): Promise<void> {
  const pause = (): Promise<boolean> => sleep(LOOK_EVERY_MS, true, { signal: stopping }).catch(() => false);
  while (await pause()) {
    if (await isListening(server.port)) continue;
    logger.warn({ port: server.port }, `${server.name} is gone: starting it again`);
    try {
      await server.restart();
      logger.warn({ port: server.port }, `${server.name} is back`);
    } catch (error) {
      logger.error({ err: error }, `${server.name} could not be started again`);
    }
  }
}
