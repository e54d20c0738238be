/** A `longshore` command in a process of its own, so that its CPU time is counted apart. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { becomes } from '../tools/process.ts';
import { ENTRY, withoutSettings } from './longshore.ts';

/** Writing a profile takes time. */
const STOP_PATIENCE_MS = 60_000;

export interface CommandOptions {
  /** The command's data folder, which gets its output too. */
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it logs once it is up. */
  readonly readyWhen: string;
  readonly patienceMs: number;
  /** The folder for a CPU profile. */
  readonly profileDir?: string;
}

export interface RunningCommand {
  readonly pid: number;
  /** Everything that it logged. */
  output(): string;
  /** Stops it as Ctrl-C does, and waits for its end. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Resolves when the command is up. Rejects with the end of its output if it does not come up. */
export const startCommand = (args: readonly string[], options: CommandOptions): Promise<RunningCommand> =>
  startProgram([ENTRY, ...args], options);

/** The same for any program of Node.js. */
export async function startProgram(args: readonly string[], options: CommandOptions): Promise<RunningCommand> {
  const { dataDir, profileDir, readyWhen, patienceMs } = options;
  mkdirSync(dataDir, { recursive: true });
  const logFile = path.join(dataDir, 'output.log');
  const log = openSync(logFile, 'a');
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const child = spawn(process.execPath, [...profiling, ...args], {
    stdio: ['ignore', log, log],
    env: { ...withoutSettings(), ...options.env, LONGSHORE_DATA: dataDir },
  });
  closeSync(log);
  // A bench that is interrupted while it waits for the command must not leave it running.
  const leaveNone = (): unknown => child.kill('SIGKILL');
  process.once('exit', leaveNone);
  child.once('exit', () => process.off('exit', leaveNone));
  const output = (): string => readFileSync(logFile, 'utf8');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    if (!(await becomes(hasEnded, STOP_PATIENCE_MS))) child.kill('SIGKILL');
  };
  const before = output().length;
  const up = await becomes(() => hasEnded() || output().slice(before).includes(readyWhen), patienceMs, 250);
  if (!up || hasEnded()) {
    await end('SIGKILL');
    throw new Error(`${args.join(' ')} did not come up:\n${output().slice(-2_000)}`);
  }
  return { pid: child.pid ?? 0, output, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
