/** Runs a Python program with the unmodified boto3 against the API of a test file. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonEnvironment } from '../../../tools/python.ts';
import type { ApiUnderTest } from './api-under-test.ts';

/** What the program prints, which is JSON. */
export async function runStory(program: URL, { url }: Pick<ApiUnderTest, 'url'>): Promise<unknown> {
  const python = await pythonEnvironment();
  const { stdout } = await promisify(execFile)(python.program('python'), [fileURLToPath(program)], {
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'longshore',
      AWS_SECRET_ACCESS_KEY: 'longshore',
    },
  });
  return JSON.parse(stdout);
}
