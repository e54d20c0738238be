/** Users and roles of an API that requires signatures: made in its store, with policies, and clients that sign for them. */
import { randomBytes } from 'node:crypto';
import { ECSClient } from '@aws-sdk/client-ecs';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient, type Credentials as StsCredentials } from '@aws-sdk/client-sts';
import { type ApiUnderTest, TEST_SECRETS } from './api-under-test.ts';
import { ACCOUNT } from './iam-calls.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export type Statement = Readonly<Record<string, unknown>>;

export const policy = (...Statement: readonly Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });

/** A statement that allows. */
export const allowing = (Action: unknown, Resource: unknown = '*', Condition?: unknown): Statement => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...(Condition === undefined ? {} : { Condition }),
});

/** A statement of a trust policy that lets a principal in. */
export const trusting = (principal: unknown, more: Statement = {}): Statement => ({
  ...{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' },
  ...more,
});

/** The credentials in an answer of STS. */
export const credentialsOf = (given: StsCredentials | undefined): Required<Credentials> => ({
  accessKeyId: given!.AccessKeyId!,
  secretAccessKey: given!.SecretAccessKey!,
  sessionToken: given!.SessionToken!,
});

export interface MadeRole {
  readonly trust: readonly Statement[];
  readonly may?: readonly Statement[];
  readonly maxSessionSeconds?: number;
}

/** For the API of a test file; its functions work inside tests. */
export function signedCallers(api: () => ApiUnderTest) {
  let made = 0;
  const idOf = (prefix: string): string => prefix + randomBytes(8).toString('hex');
  const settings = (credentials: Credentials) => ({
    ...{ endpoint: api().url, region: 'us-east-1', credentials, maxAttempts: 1 },
  });
  /** Without a name: root, which may have two keys. */
  const keyOf = async (userName: string | undefined): Promise<Credentials> => {
    const { key, secretAccessKey } = TEST_SECRETS.accessKeys.make(userName, Date.now());
    await api().store.createAccessKey(key);
    return { accessKeyId: key.accessKeyId, secretAccessKey };
  };
  return {
    keyOf,
    /** What clients of AWS's SDK take. */
    settings,
    ecsOf: (credentials: Credentials) => new ECSClient(settings(credentials)),
    iamOf: (credentials: Credentials) => new IAMClient(settings(credentials)),
    stsOf: (credentials: Credentials) => new STSClient(settings(credentials)),
    /** A user with an inline policy of these statements, and a key of the user's. */
    userWith: async (...statements: readonly Statement[]): Promise<Credentials & { readonly name: string }> => {
      const name = `user-${++made}`;
      const { store } = api();
      await store.createUser({ name, path: '/', id: idOf('AIDA'), createdAt: 0, tags: [] });
      if (statements.length > 0) {
        await store.putInlinePolicy({ kind: 'user', name }, { name: 'inline', document: policy(...statements) });
      }
      return { name, ...(await keyOf(name)) };
    },
    /** Returns the role's ARN. */
    roleWith: async ({ trust, may = [], maxSessionSeconds = 3_600 }: MadeRole): Promise<string> => {
      const name = `role-${++made}`;
      const { store } = api();
      const trustPolicy = policy(...trust);
      const role = { name, path: '/', id: idOf('AROA'), createdAt: 0, tags: [], trustPolicy, maxSessionSeconds };
      await store.createRole(role);
      if (may.length > 0) {
        await store.putInlinePolicy({ kind: 'role', name }, { name: 'inline', document: policy(...may) });
      }
      return `arn:aws:iam::${ACCOUNT}:role/${name}`;
    },
  };
}
