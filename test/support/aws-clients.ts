/** Unmodified AWS clients as child processes: the AWS CLI, and Python scripts over boto3. */
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment } from '../../tools/python.ts';

const run = promisify(execFile);

/** Calls like `aws ecs …`; answers the parsed JSON, or undefined for commands that print nothing, such as waiters. */
export type AwsCli = (...args: readonly string[]) => Promise<any>;

/** A client for the endpoint in `environment`. It rejects with what the CLI wrote to standard error. */
export async function awsCli(environment: NodeJS.ProcessEnv): Promise<AwsCli> {
  const aws = (await pythonEnvironment()).program('aws');
  // The client checks types itself and would never send a number as a string: that is for the server to judge here.
  const config = join(await mkdtemp(join(tmpdir(), 'longshore-aws-')), 'config');
  await writeFile(config, '[default]\noutput = json\nparameter_validation = false\n');
  return async (...args) => {
    const env = { ...environment, AWS_CONFIG_FILE: config };
    const { stdout } = await run(aws, ['ecs', ...args], { env, maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  };
}

/** Runs a Python program with boto3; answers what it printed, parsed as JSON. */
export async function runBoto3(environment: NodeJS.ProcessEnv, program: string): Promise<any> {
  const python = (await pythonEnvironment()).program('python');
  const { stdout } = await run(python, ['-c', program], { env: environment });
  return JSON.parse(stdout);
}
