/** Clients of Secrets Manager and Systems Manager for the API of a test file. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll } from 'vitest';
import type { ApiUnderTest } from './api-under-test.ts';

const settings = (api: ApiUnderTest) => ({
  ...{ endpoint: api.url, region: 'us-east-1', maxAttempts: 1 },
  credentials: { accessKeyId: 'a', secretAccessKey: 's' },
});

/** Call the returned function inside tests. */
export function withSecretsManager(api: () => ApiUnderTest): () => SecretsManagerClient {
  let client: SecretsManagerClient | undefined;
  afterAll(() => client?.destroy());
  return () => (client ??= new SecretsManagerClient(settings(api())));
}

/** Call the returned function inside tests. */
export function withSsm(api: () => ApiUnderTest): () => SSMClient {
  let client: SSMClient | undefined;
  afterAll(() => client?.destroy());
  return () => (client ??= new SSMClient(settings(api())));
}
