/** Unmodified AWS clients as the child processes that users run. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Longshore } from '../../support/longshore.ts';
import { pythonEnvironment } from '../../../tools/python.ts';

const run = promisify(execFile);

/** `aws ecs …` with the environment that `npm start` tells people to paste; answers its JSON, or undefined where it prints nothing. */
export async function awsEcs<T>(longshore: Longshore, ...args: string[]): Promise<T> {
  const text = await runAws(longshore, ...args);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The same for commands that print text, such as waiters. Rejects with what the client wrote to stderr. */
export async function runAws(longshore: Longshore, ...args: string[]): Promise<string> {
  const python = await pythonEnvironment();
  const options = { env: longshore.awsEnvironment, maxBuffer: 16 * 1024 * 1024 };
  return (await run(python.program('aws'), ['ecs', ...args], options)).stdout.trim();
}

/** A Python script of this folder; answers what it printed. */
export async function runPython(longshore: Longshore, script: string, ...args: string[]): Promise<string> {
  const python = await pythonEnvironment();
  const options = { env: longshore.awsEnvironment, maxBuffer: 16 * 1024 * 1024 };
  return (await run(python.program('python'), [script, ...args], options)).stdout;
}
