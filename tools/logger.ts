/** Logs: JSON lines to a file in the data folder or to standard output, and short lines for a person at a terminal. */
import * as path from 'node:path';
import { destination, type Logger, multistream, pino } from 'pino';
import { LogFile, LOST_LINES } from './log-files.ts';
import type { Settings } from './settings.ts';

/** Lines that may wait while standard output is blocked. Further lines are dropped. */
const MOST_WAITING_BYTES = 1024 * 1024;

/** For a single role: JSON lines on standard output, as container platforms collect them. */
export function createProcessLogger(level: Settings['logLevel']): Logger {
  const output = destination({ dest: 1, sync: true, maxLength: MOST_WAITING_BYTES });
  // The role goes on when the disk is full or the reader has gone. A failed line is written again with the next line.
  output.on('error', () => undefined);
  const logger = pino({ level, base: null }, output);
  let lines = 0;
  output.on('drop', () => (lines += 1));
  output.on('drain', () => {
    if (lines > 0) logger.warn({ lines }, LOST_LINES);
    lines = 0;
  });
  return logger;
}

/**
 * For the all-in-one: everything goes to `longshore.log` in the data folder, and warnings and worse also to the terminal.
 * At level debug or trace the terminal shows everything too.
 */
export function createTerminalLogger(settings: Pick<Settings, 'logLevel' | 'dataDir' | 'logLimits'>): Logger {
  const file = new LogFile(path.join(settings.dataDir, 'longshore.log'), settings.logLimits);
  const level = settings.logLevel;
  const terminalLevel = level === 'info' ? 'warn' : level;
  return pino(
    { level, base: null },
    multistream([
      { level, stream: file },
      { level: terminalLevel, stream: { write: (line: string) => void process.stderr.write(forTerminal(line)) } },
    ]),
  );
}

/** Fields that a person at a terminal does not need. The log file has them. */
const FOR_THE_FILE_ONLY = new Set(['taskToken', 'sdkComponent', 'namespace', 'workflowRunId', 'isLocal', 'requestId']);

/** `12:03:55 WARN  message key=value …` */
function forTerminal(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = new Date(Number(time)).toISOString().slice(11, 23);
  const name = (pino.levels.labels[Number(level)] ?? '').toUpperCase().padEnd(5);
  const reason = typeof err === 'string' ? err : (err as { message?: string } | undefined)?.message;
  const rest = Object.entries(fields)
    .filter(([key]) => !FOR_THE_FILE_ONLY.has(key))
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${clock} ${name} ${String(msg)}${reason === undefined ? '' : `: ${reason}`}${rest.join('')}\n`;
}
