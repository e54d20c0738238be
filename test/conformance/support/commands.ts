/** Unmodified AWS clients as the child processes that users run. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import type { Longshore } from '../../support/longshore.ts';
import { pythonEnvironment } from '../../../tools/python.ts';

const run = promisify(execFile);

/** `aws ecs …` with the environment that `npm start` prints; returns its JSON, or undefined if it prints nothing. */
export async function awsEcs<T>(longshore: Longshore, ...args: string[]): Promise<T> {
  const text = await runAws(longshore, ...args);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The same for commands that print text, such as waiters. Rejects with the client's stderr. */
export const runAws = (longshore: Longshore, ...args: string[]): Promise<string> =>
  runAwsService(longshore, 'ecs', ...args);

/** `aws SERVICE …`. Rejects with the client's stderr. */
export async function runAwsService(longshore: Longshore, ...args: string[]): Promise<string> {
  const python = await pythonEnvironment();
  const options = { env: longshore.awsEnvironment, maxBuffer: 16 * 1024 * 1024 };
  return (await run(python.program('aws'), args, options)).stdout.trim();
}

/** Runs a Python script of this folder and returns its output. */
export async function runPython(longshore: Longshore, script: string, ...args: string[]): Promise<string> {
  const python = await pythonEnvironment();
  const options = { env: longshore.awsEnvironment, maxBuffer: 16 * 1024 * 1024 };
  return (await run(python.program('python'), [script, ...args], options)).stdout;
}

const ENTRY = fileURLToPath(new URL('../../../cli/longshore.mjs', import.meta.url));

/** Runs a `longshore` command with the settings of the running Longshore and returns what it prints. */
export async function runLongshore(
  longshore: Longshore,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const options = { env: { ...longshore.environment, ...env } };
  return (await run(process.execPath, [ENTRY, ...args], options)).stdout;
}
