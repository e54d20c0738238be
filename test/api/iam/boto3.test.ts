/** The unmodified boto3 and what deploy tools do with IAM: roles for tasks with policies, made and removed again. */
import { expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';
import { runStory } from '../support/python-story.ts';

const api = withApi();

it('boto3: makes, reads, lists and removes', async () => {
  const found = await runStory(new URL('boto3_story.py', import.meta.url), api());
  expect(found).toEqual({
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
