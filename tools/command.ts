/** Runs other programs for set-up: their output goes to a log file, and a failure becomes one error with the log's last lines. */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isDue, type LogLimits, setAside } from './log-files.ts';
import { SetupError } from './settings.ts';

/** Builds and installations write little and rarely, so only the size of their logs matters. */
const LIMITS: LogLimits = { maxBytes: 8 * 1024 * 1024, maxAgeMs: Number.POSITIVE_INFINITY, keep: 1 };

export interface CommandOptions {
  readonly cwd?: string;
  /** Variables in addition to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The file to which the program's output is appended. */
  readonly logFile: string;
  readonly timeoutMs?: number;
}

/** Runs the program to its end. Rejects with a SetupError that names the command, its last lines and the log. */
export async function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<void> {
  fs.mkdirSync(path.dirname(options.logFile), { recursive: true });
  if (isDue(options.logFile, LIMITS)) setAside(options.logFile, LIMITS);
  const log = fs.openSync(options.logFile, 'a');
  const command = [program, ...args].join(' ');
  fs.writeSync(log, `\n$ ${command}\n`);
  try {
    const outcome = await new Promise<string | undefined>((resolve) => {
      const child = spawn(program, args, {
        stdio: ['ignore', log, log],
        env: { ...process.env, ...options.env },
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' }),
      });
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`));
    });
    if (outcome === undefined) return;
    throw new SetupError(`${command}\n  ${outcome}: ${lastLines(options.logFile, 3)}\n  Full log: ${options.logFile}`);
  } finally {
    fs.closeSync(log);
  }
}

/** The last lines of a text file, joined for a message. Empty when the file does not exist. */
export function lastLines(file: string, count: number): string {
  try {
    return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join(' | ');
  } catch {
    return '';
  }
}

/** The absolute path of a program on PATH. */
export function findOnPath(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, program))
    .find((file) => {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
      } catch {
        return false;
      }
    });
}
