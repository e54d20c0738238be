/** Temporary credentials as STS answers them. */
import type { Credentials } from '@aws-sdk/client-sts';
import type { TemporaryCredentials } from '../auth/session-tokens.ts';

export const presentCredentials = ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  expiresAt,
}: TemporaryCredentials): Credentials => ({
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
  SessionToken: sessionToken,
  Expiration: new Date(Math.floor(expiresAt / 1000) * 1000),
});
