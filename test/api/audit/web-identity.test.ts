/** Calls of web identities that were refused: what the operator learns of them, and what the caller does not. */
import { CreateOpenIDConnectProviderCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HIDDEN } from '../../../api/audit/masking.ts';
import { callWords } from '../../../api/why/call-words.ts';
import { OidcIssuer } from '../../support/oidc-issuer.ts';
import { withApi } from '../support/api-under-test.ts';
import { ACCOUNT } from '../support/iam-calls.ts';
import { type Credentials, signedCallers, type Statement } from '../support/signed-callers.ts';

const lines: Record<string, unknown>[] = [];
const logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) });
const api = withApi({ auth: 'required', logger });
const { keyOf, iamOf, roleWith } = signedCallers(api);

let issuer: OidcIssuer;
let provider: string;
let root: Credentials;
/** Calls without credentials. */
let sts: STSClient;

const providerOf = async (of: OidcIssuer): Promise<string> => {
  const members = { Url: of.url, ClientIDList: ['longshore'], ThumbprintList: [of.thumbprint] };
  return (await iamOf(root).send(new CreateOpenIDConnectProviderCommand(members))).OpenIDConnectProviderArn!;
};

beforeAll(async () => {
  issuer = await OidcIssuer.start();
  root = await keyOf(undefined);
  provider = await providerOf(issuer);
  sts = new STSClient({ endpoint: api().url, region: 'us-east-1', maxAttempts: 1 });
});
afterAll(async () => {
  sts.destroy();
  await issuer.close();
});

const trustFor = (sub: string, more: Statement = {}): Statement => ({
  ...{ Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity' },
  Condition: { StringEquals: { [`${issuer.name}:sub`]: sub } },
  ...more,
});

interface Refused {
  readonly message: string;
  readonly $metadata: { readonly requestId: string };
}

async function refusal(RoleArn: string, WebIdentityToken: string): Promise<Refused> {
  const call = sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'ci', WebIdentityToken }));
  return (await call.then(
    () => expect.unreachable('the call was not refused'),
    (error: unknown) => error,
  )) as Refused;
}

/** The record of a refused call, and the words of `why call` for it. */
async function recordOf({ $metadata: { requestId } }: Refused) {
  const [record] = await api().store.findAudit(requestId, 1);
  return { event: record!.event, judgements: record!.judgements, words: callWords(record!) };
}

describe('a web identity that is denied', () => {
  it('is on record with its role, and with the condition that did not hold', async () => {
    const role = await roleWith({ trust: [trustFor('bob'), trustFor('ada', { Principal: { AWS: ACCOUNT } })] });
    const refused = await refusal(role, await issuer.token());
    expect(refused.message).toBe('Not authorized to perform sts:AssumeRoleWithWebIdentity');
    const { event, judgements, words } = await recordOf(refused);
    expect(event).toMatchObject({
      userIdentity: { type: 'WebIdentityUser', userName: 'ada', identityProvider: provider },
      errorCode: 'AccessDenied',
      requestParameters: { roleArn: role, roleSessionName: 'ci', webIdentityToken: HIDDEN },
      resources: [{ ARN: role, type: 'AWS::IAM::Role' }],
    });
    const unmet = { '#1': `Condition StringEquals ${issuer.name}:sub`, '#2': 'Principal' };
    expect(judgements).toMatchObject([{ resource: role, missing: 'trust', lookedAt: [{ unmet }] }]);
    expect(words.headline).toBe(
      'ada called AssumeRoleWithWebIdentity of sts from 127.0.0.1. It was refused with AccessDenied.',
    );
    expect(words.details[1]).toBe(
      `sts:AssumeRoleWithWebIdentity on ${role} is denied, because no statement of the role's trust policy allows it. ` +
        `Looked at: the trust policy of role ${role.split('/')[1]} (its statements do not apply: ` +
        `#1, because of its ${unmet['#1']}; #2, because of its Principal).`,
    );
  });

  it('is on record with the statement that denied it', async () => {
    const deny = trustFor('ada', { Sid: 'NoAda', Effect: 'Deny' });
    const role = await roleWith({ trust: [trustFor('ada'), deny] });
    const { words } = await recordOf(await refusal(role, await issuer.token()));
    expect(words.details[1]).toContain(
      `${role} is denied by statement NoAda of the trust policy of role ${role.split('/')[1]}: ${JSON.stringify(deny)}`,
    );
  });

  it('is on record with what is missing to bring tags along', async () => {
    const role = await roleWith({ trust: [trustFor('ada')] });
    const tags = { 'https://aws.amazon.com/tags/principal_tags/team': 'red' };
    const { judgements } = await recordOf(await refusal(role, await issuer.token(tags)));
    expect(judgements).toMatchObject([
      { action: 'sts:AssumeRoleWithWebIdentity', decision: 'allowed' },
      { action: 'sts:TagSession', decision: 'implicitDeny', missing: 'trust' },
    ]);
  });

  it('is told by the record alone that there is no such role', async () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/none`;
    const refused = await refusal(role, await issuer.token());
    expect(refused.message).toBe('Not authorized to perform sts:AssumeRoleWithWebIdentity');
    expect((await recordOf(refused)).words.details[1]).toMatch(
      new RegExp(`on ${role} is denied, .* There is no such role\\.$`),
    );
  });
});

it('a caller without credentials learns nothing of the network behind an issuer, and the log has it', async () => {
  const role = await roleWith({ trust: [trustFor('ada')] });
  /** What a token of another issuer gets, once its provider is known everywhere. */
  const refusedFor = async (prepare: (other: OidcIssuer) => Promise<void> | void): Promise<Refused> => {
    const other = await OidcIssuer.start();
    await providerOf(other);
    const token = await other.token();
    await prepare(other);
    const refused = await expect
      .poll(() => refusal(role, token))
      .toMatchObject({ message: 'The identity provider gives no answer that can be used.' })
      .then(() => refusal(role, token));
    await other.close().catch(() => undefined);
    return refused;
  };
  const logged = ({ $metadata: { requestId } }: Refused) => lines.find((line) => line['requestId'] === requestId);

  const inside = await refusedFor(({ url, instead }) => {
    const jwks_uri = 'https://169.254.169.254/keys';
    instead.set('/.well-known/openid-configuration', { body: JSON.stringify({ issuer: url, jwks_uri }) });
  });
  expect(logged(inside)).toMatchObject({ message: inside.message, detail: expect.stringContaining('169.254.169.254') });
  expect(JSON.stringify((await recordOf(inside)).event)).not.toContain('169.254');
  const away = await refusedFor((other) => other.close());
  expect(logged(away)).toMatchObject({ message: away.message, detail: expect.stringContaining('ECONNREFUSED') });
});
