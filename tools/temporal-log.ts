/** The log of Temporal's SDK. */
import { DefaultLogger, makeTelemetryFilterString, Runtime, type LogEntry } from '@temporalio/worker';
import type { Logger } from 'pino';

/** The SDK warns of a worker without workflows, but an agent's worker runs activities only, on purpose. */
const EXPECTED_WARNING = 'No workflows registered, not polling for workflow tasks';

/**
 * Writes the Temporal SDK's log lines to our log. Call it once per process, because the SDK's runtime belongs to the
 * process.
 */
export function installTemporalLogger(logger: Logger): void {
  const write = ({ level, message, meta }: LogEntry): void => {
    const { error, ...rest }: Record<string, unknown> = { ...meta };
    const fields = error === undefined ? rest : { ...rest, err: error };
    if (level === 'ERROR') logger.error(fields, message);
    else if (level === 'WARN' && message !== EXPECTED_WARNING) logger.warn(fields, message);
    else logger.debug(fields, message);
  };
  Runtime.install({
    logger: new DefaultLogger('INFO', write),
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN' }), forward: {} } },
  });
}
