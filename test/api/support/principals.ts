/** Users, roles and their keys for tests of the API, made in its store. */
import { randomBytes } from 'node:crypto';
import { type ApiUnderTest, TEST_SECRETS } from './api-under-test.ts';

export const ACCOUNT = '123456789012';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export type Statement = Readonly<Record<string, unknown>>;
export const policy = (...Statement: readonly Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });
export const allow = (Action: unknown, Resource: unknown = '*', Condition?: unknown): Statement => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...(Condition === undefined ? {} : { Condition }),
});
export const trusting = (principal: unknown, more: Statement = {}): Statement => ({
  ...{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' },
  ...more,
});

interface MadeRole {
  readonly trust: readonly Statement[];
  readonly may?: readonly Statement[];
  readonly maxSessionSeconds?: number;
}

export interface Principals {
  /** A user with an inline policy of these statements, and a key of the user's. */
  readonly userWith: (...statements: readonly Statement[]) => Promise<Credentials & { readonly name: string }>;
  /** A key of the user's, or of root. */
  readonly keyOf: (userName: string | undefined) => Promise<Credentials>;
  /** The ARN of a new role. */
  readonly roleWith: (role: MadeRole) => Promise<string>;
  /** What clients of AWS's SDK take. */
  readonly settings: (credentials: Credentials) => {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: Credentials;
    readonly maxAttempts: number;
  };
}

export function principalsOf(api: () => Pick<ApiUnderTest, 'store' | 'url'>): Principals {
  let made = 0;
  const keyOf = async (userName: string | undefined): Promise<Credentials> => {
    const { key, secretAccessKey } = TEST_SECRETS.accessKeys.make(userName, Date.now());
    await api().store.createAccessKey(key);
    return { accessKeyId: key.accessKeyId, secretAccessKey };
  };
  return {
    keyOf,
    async userWith(...statements) {
      const name = `user-${++made}`;
      const { store } = api();
      await store.createUser({ name, path: '/', id: `AIDA${randomBytes(8).toString('hex')}`, createdAt: 0, tags: [] });
      if (statements.length > 0) {
        await store.putInlinePolicy({ kind: 'user', name }, { name: 'inline', document: policy(...statements) });
      }
      return { name, ...(await keyOf(name)) };
    },
    async roleWith({ trust, may = [], maxSessionSeconds = 3_600 }) {
      const name = `role-${++made}`;
      const { store } = api();
      const id = `AROA${randomBytes(8).toString('hex')}`;
      await store.createRole({
        ...{ name, path: '/', id, createdAt: 0, tags: [], trustPolicy: policy(...trust), maxSessionSeconds },
      });
      if (may.length > 0) {
        await store.putInlinePolicy({ kind: 'role', name }, { name: 'inline', document: policy(...may) });
      }
      return `arn:aws:iam::${ACCOUNT}:role/${name}`;
    },
    settings: (credentials) => ({ endpoint: api().url, region: 'us-east-1', credentials, maxAttempts: 1 }),
  };
}
