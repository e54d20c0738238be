/** The unmodified boto3, and what deploy tools do with secrets and parameters. */
import { expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';
import { runStory } from '../support/python-story.ts';

const api = withApi();

it('boto3: makes, reads, lists and is refused', async () => {
  const found = await runStory(new URL('boto3_story.py', import.meta.url), api());
  expect(found).toEqual({
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
