/** The unmodified boto3 and what deploy tools do with IAM: roles for tasks with policies, made and removed again. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { pythonEnvironment } from '../../../tools/python.ts';
import { withApi } from '../support/api-under-test.ts';

const api = withApi();

it('boto3: makes, reads, lists and removes', async () => {
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
    documents: [true, true, true, true],
    attached: ['AmazonECSTaskExecutionRolePolicy', 'run'],
    users: [['u1', 'u2', 'u3', 'u4', 'u5'], 3],
    refused: [
      ['DeleteConflictException', 409],
      ['NoSuchEntityException', 404],
      ['EntityAlreadyExistsException', 409],
      ['MalformedPolicyDocumentException', 400],
      ['ClientError', 400],
      ['ClientError', 400],
    ],
    profiles: [],
    left: ['NoSuchEntityException', 404],
  });
});
