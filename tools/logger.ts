/** Logs: JSON lines into a file of the data folder or to standard output, and short lines for a person at a terminal. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { destination, type Logger, multistream, pino } from 'pino';
import type { Settings } from './settings.ts';

const LOG_LIMIT_BYTES = 32 * 1024 * 1024;

/** For a role alone: JSON lines on standard output, as container platforms collect them. */
export const createProcessLogger = (level: Settings['logLevel']): Logger => pino({ level, base: null });

/**
 * For the all-in-one: everything into `longshore.log` of the data folder, warnings and worse also to the terminal.
 * A person who set the level to debug or trace sees that on the terminal too.
 */
export function createTerminalLogger(settings: Pick<Settings, 'logLevel' | 'dataDir'>): Logger {
  const file = path.join(settings.dataDir, 'longshore.log');
  fs.mkdirSync(settings.dataDir, { recursive: true });
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) fs.renameSync(file, `${file}.1`);
  const level = settings.logLevel;
  const terminalLevel = level === 'info' ? 'warn' : level;
  return pino(
    { level, base: null },
    multistream([
      { level, stream: destination({ dest: file, sync: true }) },
      { level: terminalLevel, stream: { write: (line: string) => void process.stderr.write(forTerminal(line)) } },
    ]),
  );
}

/** Of no use to a person at a terminal; the log file has them. */
const FOR_THE_FILE_ONLY = new Set(['taskToken', 'sdkComponent', 'namespace', 'workflowRunId', 'isLocal', 'requestId']);

/** `12:03:55 WARN  message key=value …` */
function forTerminal(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = new Date(Number(time)).toISOString().slice(11, 23);
  const name = (pino.levels.labels[Number(level)] ?? '').toUpperCase().padEnd(5);
  const reason = (err as { message?: string } | undefined)?.message;
  const rest = Object.entries(fields)
    .filter(([key]) => !FOR_THE_FILE_ONLY.has(key))
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${clock} ${name} ${String(msg)}${reason === undefined ? '' : `: ${reason}`}${rest.join('')}\n`;
}
