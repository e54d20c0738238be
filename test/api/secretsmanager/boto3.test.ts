/** The unmodified boto3, and what deploy tools do with secrets and parameters. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { pythonEnvironment } from '../../../tools/python.ts';
import { withApi } from '../support/api-under-test.ts';

const api = withApi();

it('boto3: makes, reads, lists and is refused', async () => {
  const python = await pythonEnvironment();
  const { stdout } = await promisify(execFile)(
    python.program('python'),
    [fileURLToPath(new URL('boto3_story.py', import.meta.url))],
    {
      env: {
        AWS_ENDPOINT_URL: api().url,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'longshore',
        AWS_SECRET_ACCESS_KEY: 'longshore',
      },
    },
  );
  expect(JSON.parse(stdout)).toEqual({
    binary: [0, 255],
    previous: 'one',
    stages: [['AWSCURRENT'], ['AWSPREVIOUS']],
    names: [['story/b', 'story/a'], ['story/db']],
    password: 16,
    values: { '/story/key': 'hush', '/story/url': 'https://two' },
    first: 'https://one',
    invalid: ['/story/none'],
    tags: [{ Key: 'app', Value: 'web' }],
    refused: [
      ['ResourceNotFoundException', 400],
      ['InvalidRequestException', 400],
      ['ResourceExistsException', 400],
      ['ParameterNotFound', 400],
      ['ParameterAlreadyExists', 400],
    ],
  });
});
