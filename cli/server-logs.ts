/** Rotates the logs of the servers that the all-in-one starts, while it runs. */
import * as path from 'node:path';
import type { Logger } from 'pino';
import { tendLogs } from '../tools/log-files.ts';
import type { Settings } from '../tools/settings.ts';

const LOOK_EVERY_MS = 10_000;
const FILES = ['postgres/postgres.log', 'temporal/temporal.log', 'docker/dockerd.log', 'docker/apt.log'];

/** Checks now and every ten seconds until the caller calls the returned function. */
export function keepLogsSmall(settings: Pick<Settings, 'dataDir' | 'logLimits'>, logger: Logger): () => Promise<void> {
  const files = FILES.map((name) => path.join(settings.dataDir, name));
  const look = (): void =>
    tendLogs(files, settings.logLimits, (error) => logger.warn({ err: error }, 'could not rotate a log'));
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    return Promise.resolve();
  };
}
