/** Calls of IAM over HTTP with the SDK's client, and documents to call it with. */
import { IAMClient } from '@aws-sdk/client-iam';
import { afterAll } from 'vitest';
import type { ApiUnderTest } from './api-under-test.ts';

export const ACCOUNT = '123456789012';
export const iamArnOf = (tail: string, account = ACCOUNT): string => `arn:aws:iam::${account}:${tail}`;

export const allow = (action: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });

export const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** A client for the API of a test file. Call the returned function inside tests. */
export function withIam(api: () => ApiUnderTest): () => IAMClient {
  let client: IAMClient | undefined;
  afterAll(() => client?.destroy());
  return () =>
    (client ??= new IAMClient({
      endpoint: api().url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      maxAttempts: 1,
    }));
}
