/** No value of a secret or parameter stands anywhere in the clear: in no column of the database, no log line, no refusal. */
import * as sm from '@aws-sdk/client-secrets-manager';
import * as ssm from '@aws-sdk/client-ssm';
import pg from 'pg';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';
import { withSecretsManager, withSsm } from '../support/secret-calls.ts';

const lines: string[] = [];
const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
const api = withApi({ logger });
const secrets = withSecretsManager(api);
const parameters = withSsm(api);

const CANARY = 'c4n4ry-in-a-coal-mine';
const FORMS = [CANARY, Buffer.from(CANARY).toString('base64').slice(0, -4), Buffer.from(CANARY).toString('hex')];
/** A word that is no secret and must be found, so that the search is known to look. */
const SEEN = 'found-in-the-description';

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const client = new pg.Client({ connectionString: api().database });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
      texts.push(...rows.map(({ text }) => text));
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}

it('a value is answered to whoever may read it, and stands nowhere else', async () => {
  const refusals: string[] = [];
  const refused = async (call: Promise<unknown>): Promise<void> => {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    refusals.push((error as Error).message);
  };
  const SecretBinary = Buffer.from(CANARY);
  const token = { ClientRequestToken: 'one-token-for-one-version-of-one-secret' };
  await secrets().send(new sm.CreateSecretCommand({ Name: 'text', SecretString: CANARY, Description: SEEN, ...token }));
  await secrets().send(new sm.CreateSecretCommand({ Name: 'bytes', SecretBinary }));
  await secrets().send(new sm.UpdateSecretCommand({ SecretId: 'bytes', SecretString: `{"password":"${CANARY}"}` }));
  const { SecretString } = await secrets().send(new sm.GetSecretValueCommand({ SecretId: 'text' }));
  expect(SecretString).toBe(CANARY);
  await secrets().send(new sm.BatchGetSecretValueCommand({ SecretIdList: ['text', 'bytes'] }));
  await refused(secrets().send(new sm.CreateSecretCommand({ Name: 'text', SecretString: `${CANARY}2`, ...token })));
  await refused(secrets().send(new sm.CreateSecretCommand({ Name: 'two', SecretString: CANARY, SecretBinary })));
  await refused(secrets().send(new sm.PutSecretValueCommand({ SecretId: 'none', SecretString: CANARY })));
  await refused(secrets().send(new sm.PutSecretValueCommand({ SecretId: 'text', SecretString: CANARY.repeat(4_000) })));
  await refused(secrets().send(new sm.PutSecretValueCommand({ SecretId: 'text', SecretString: `${CANARY}\0` })));

  const put = (more: Partial<ssm.PutParameterRequest>) =>
    parameters().send(new ssm.PutParameterCommand({ Name: '/p', Value: CANARY, Type: 'SecureString', ...more }));
  await put({ Description: SEEN });
  await put({ Name: '/plain', Type: 'String' });
  await put({ Name: '/list', Type: 'StringList', Value: `a,${CANARY}` });
  await parameters().send(new ssm.GetParameterCommand({ Name: '/p', WithDecryption: true }));
  await parameters().send(new ssm.GetParameterHistoryCommand({ Name: '/p', WithDecryption: true }));
  await parameters().send(new ssm.GetParametersByPathCommand({ Path: '/', WithDecryption: true }));
  await refused(put({}));
  await refused(put({ Overwrite: true, AllowedPattern: '^[0-9]+$' }));
  await refused(put({ Overwrite: true, Value: CANARY.repeat(500) }));
  await refused(put({ Name: '/other', KeyId: 'mine' }));

  const audit = JSON.stringify((await api().store.listAudit({}, { limit: 1_000 })).items);
  const [stored, logged] = [await dump(), lines.join('\n')];
  for (const text of [stored, audit]) expect(text).toContain(SEEN);
  expect(logged).toContain('PutParameter');
  for (const form of FORMS) {
    for (const text of [stored, audit, logged, refusals.join('\n')]) expect(text).not.toContain(form);
  }
});
