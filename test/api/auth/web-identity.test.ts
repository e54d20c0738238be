/** Web identities: tokens of a real issuer, over HTTPS by an authority of its own, against the providers that IAM knows. */
import * as ecs from '@aws-sdk/client-ecs';
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OidcIssuer } from '../../support/oidc-issuer.ts';
import { withApi } from '../support/api-under-test.ts';
import { ACCOUNT } from '../support/iam-calls.ts';
import {
  allowing,
  type Credentials,
  credentialsOf,
  policy,
  signedCallers,
  type Statement,
} from '../support/signed-callers.ts';

const api = withApi({ auth: 'required' });
const { keyOf, ecsOf, iamOf, stsOf, userWith, roleWith } = signedCallers(api);
const AUDIENCE = 'longshore';

let issuer: OidcIssuer;
let root: Credentials;
let provider: string;
/** Calls without credentials. */
let sts: STSClient;

beforeAll(async () => {
  issuer = await OidcIssuer.start();
  root = await keyOf(undefined);
  sts = new STSClient({ endpoint: api().url, region: 'us-east-1', maxAttempts: 1 });
  const made = await iamOf(root).send(
    new CreateOpenIDConnectProviderCommand({
      ...{ Url: issuer.url, ClientIDList: [AUDIENCE], ThumbprintList: [issuer.thumbprint] },
    }),
  );
  provider = made.OpenIDConnectProviderArn!;
});
afterAll(async () => {
  sts.destroy();
  await issuer.close();
});

/** A statement of a trust policy that lets identities of the issuer in. */
const federated = (conditions: object = {}, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: { Federated: provider },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${issuer.name}:aud`]: AUDIENCE }, ...conditions },
  ...more,
});
const trustingIssuer = (...may: readonly Statement[]) => roleWith({ trust: [federated()], may });

const assume = (RoleArn: string, WebIdentityToken: string, more: object = {}) =>
  sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'ci', WebIdentityToken, ...more }));

describe('whoever has a token of the issuer', () => {
  it('gets a session of the role, with its rights, that knows where it comes from', async () => {
    const here = { StringEquals: { 'aws:FederatedProvider': provider, [`${issuer.name}:sub`]: 'ada' } };
    const role = await trustingIssuer(allowing('ecs:ListClusters', '*', here));
    const answer = await assume(role, await issuer.token());
    const arn = `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/ci`;
    expect(answer).toMatchObject({
      AssumedRoleUser: { Arn: arn, AssumedRoleId: expect.stringMatching(/^AROA\w+:ci$/) },
      SubjectFromWebIdentityToken: 'ada',
      Provider: provider,
      Audience: AUDIENCE,
      PackedPolicySize: 0,
    });
    const session = credentialsOf(answer.Credentials);
    expect((await stsOf(session).send(new GetCallerIdentityCommand({}))).Arn).toBe(arn);
    expect((await ecsOf(session).send(new ecs.ListClustersCommand({}))).clusterArns).not.toHaveLength(0);
    await expect(ecsOf(session).send(new ecs.ListTasksCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const other = credentialsOf((await assume(role, await issuer.token({ sub: 'bob' }))).Credentials);
    await expect(ecsOf(other).send(new ecs.ListClustersCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('has its rights cut by policies of the session, and its time by the role', async () => {
    const role = await trustingIssuer(allowing('ecs:*'));
    const token = await issuer.token();
    const cut = await assume(role, token, { Policy: policy(allowing('ecs:ListClusters')), DurationSeconds: 900 });
    const session = ecsOf(credentialsOf(cut.Credentials));
    expect((await session.send(new ecs.ListClustersCommand({}))).clusterArns).not.toHaveLength(0);
    await expect(session.send(new ecs.ListTasksCommand({}))).rejects.toThrow('no session policy allows');
    await expect(assume(role, token, { DurationSeconds: 3_601 })).rejects.toThrow(
      'MaxSessionDuration set for this role',
    );
    await expect(assume(role, token, { Policy: '{' })).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
    });
    await expect(assume(role, token, { ProviderId: 'www.amazon.com' })).rejects.toThrow('ProviderId');
    await expect(assume(role, token, { RoleSessionName: 'a b' })).rejects.toThrow('regular expression');
  });

  it('brings tags and a source identity along if the trust policy lets it', async () => {
    const tagged = {
      'https://aws.amazon.com/tags': { principal_tags: { team: ['red'] }, transitive_tag_keys: ['team'] },
      'https://aws.amazon.com/source_identity': 'ada',
    };
    const onlyRed = allowing('ecs:ListClusters', '*', {
      StringEquals: { 'aws:PrincipalTag/team': 'red', 'aws:SourceIdentity': 'ada' },
    });
    const actions = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'];
    const red = { StringEquals: { 'aws:RequestTag/team': 'red' } };
    const open = await roleWith({ trust: [federated(red, { Action: actions })], may: [onlyRed] });
    const answer = await assume(open, await issuer.token(tagged));
    expect(answer.SourceIdentity).toBe('ada');
    const session = ecsOf(credentialsOf(answer.Credentials));
    expect((await session.send(new ecs.ListClustersCommand({}))).clusterArns).not.toHaveLength(0);
    const flat = { 'https://aws.amazon.com/tags/principal_tags/team': 'red' };
    await expect(assume(open, await issuer.token(flat))).resolves.toBeDefined();
    for (const claims of [tagged, flat]) {
      await expect(assume(await trustingIssuer(), await issuer.token(claims))).rejects.toMatchObject({
        name: 'AccessDenied',
      });
    }
    const twice = { 'https://aws.amazon.com/tags': { principal_tags: { team: ['red'], Team: ['blue'] } } };
    await expect(assume(open, await issuer.token(twice))).rejects.toMatchObject({ name: 'IDPRejectedClaimException' });
  });

  it('is let in by what the token says of it, in the form of GitHub Actions', async () => {
    const claims = (repository: string) => ({
      aud: 'longshore',
      sub: `repo:${repository}:ref:refs/heads/main`,
      ...{
        repository,
        ref: 'refs/heads/main',
        actor: 'ada',
        run_attempt: '1',
        job_workflow_ref: `${repository}/.github/x`,
      },
    });
    const like = {
      StringLike: { [`${issuer.name}:sub`]: 'repo:octo/*:ref:refs/heads/main', [`${issuer.name}:actor`]: 'ada' },
    };
    const role = await roleWith({ trust: [federated(like)] });
    await expect(assume(role, await issuer.token(claims('octo/app')))).resolves.toBeDefined();
    await expect(assume(role, await issuer.token(claims('evil/app')))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('is not let in by roles that do not trust it, deny it, or are none', async () => {
    const token = await issuer.token();
    const wrongs = [
      await roleWith({ trust: [federated({}, { Action: 'sts:AssumeRole' })] }),
      await roleWith({ trust: [federated({}, { Principal: { Federated: `${provider}0` } })] }),
      await roleWith({ trust: [federated({}, { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } })] }),
      await roleWith({ trust: [federated(), federated({}, { Effect: 'Deny' })] }),
      await roleWith({ trust: [federated({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })] }),
      `arn:aws:iam::${ACCOUNT}:role/none`,
      'arn:aws:iam::999999999999:role/other',
    ];
    for (const role of wrongs) {
      await expect(assume(role, token), role).rejects.toMatchObject({
        name: 'AccessDenied',
        message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
        $metadata: { httpStatusCode: 403 },
      });
    }
  });
});

describe('a token', () => {
  const seconds = (): number => Math.floor(Date.now() / 1000);

  it.each([
    ['for somebody else', { aud: 'other' }, 'InvalidIdentityToken', /^Incorrect token audience$/],
    ['of which azp is somebody else', { azp: 'other' }, 'InvalidIdentityToken', /^Incorrect token audience$/],
    [
      'that has expired',
      { exp: seconds() - 1 },
      'ExpiredToken',
      /^Token expired: current date\/time \d+ must be before/,
    ],
    ['of the future', { iat: seconds() + 3_600 }, 'InvalidIdentityToken', /issued in the future/],
    ['that is not good yet', { nbf: seconds() + 3_600 }, 'InvalidIdentityToken', /not valid yet/],
    ['without a subject', { sub: undefined }, 'InvalidIdentityToken', /claims in the token: sub$/],
    ['without an end', { exp: undefined }, 'InvalidIdentityToken', /claims in the token: exp$/],
    ['of nobody we know', { iss: 'https://other.example' }, 'InvalidIdentityToken', /^No OpenIDConnect provider found/],
  ])('%s is refused, and its issuer is not asked', async (_what, claims, code, message) => {
    const role = await trustingIssuer();
    const token = await issuer.token(claims);
    issuer.asked.length = 0;
    await expect(assume(role, token)).rejects.toMatchObject({
      name: `${code}Exception`,
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
    expect(issuer.asked).toEqual([]);
  });

  it('is refused if the issuer did not sign it', async () => {
    const role = await trustingIssuer();
    const stranger = await generateKeyPair('RS256');
    const good = await issuer.token();
    const [header = '', , signature = ''] = good.split('.');
    const [, payload = ''] = (await issuer.token({ sub: 'root' })).split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const wrongs = [
      await issuer.token({}, { key: stranger.privateKey }),
      await issuer.token({}, { alg: 'HS256', key: Buffer.alloc(32, 1) }),
      `${header}.${payload}.${signature}`,
      none,
      'no token at all',
    ];
    for (const token of wrongs) {
      await expect(assume(role, token), token).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' });
    }
    await expect(assume(role, good)).resolves.toBeDefined();
  });

  it('may be for several, with azp for one of them', async () => {
    const role = await trustingIssuer();
    await expect(assume(role, await issuer.token({ aud: ['other', AUDIENCE] }))).resolves.toMatchObject({
      Audience: AUDIENCE,
    });
    await expect(assume(role, await issuer.token({ aud: 'other', azp: AUDIENCE }))).resolves.toMatchObject({
      Audience: AUDIENCE,
    });
  });
});

it('lets nobody do anything else without a signature', async () => {
  const post = (form: Record<string, string>) =>
    fetch(api().url, { method: 'POST', body: new URLSearchParams({ Version: '2011-06-15', ...form }) });
  for (const Action of ['AssumeRole', 'GetCallerIdentity', 'GetSessionToken', 'assumeRoleWithWebIdentity']) {
    const answer = await post({ Action });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('MissingAuthenticationToken')]);
  }
  const target = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters' };
  const body = new URLSearchParams({ Version: '2011-06-15', Action: 'AssumeRoleWithWebIdentity' });
  expect((await fetch(api().url, { method: 'POST', headers: target, body })).status).toBe(403);
  expect((await fetch(`${api().url}/v1/clusters?${body.toString()}`)).status).toBe(403);
});

describe('the provider', () => {
  it('decides at once what tokens are good', async () => {
    const other = await OidcIssuer.start();
    try {
      const user = await userWith(allowing('iam:*'));
      const Url = other.url;
      const made = await iamOf(user).send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ['first'] }));
      const arn = made.OpenIDConnectProviderArn!;
      const trust = [federated({}, { Principal: { Federated: arn }, Condition: {} })];
      const role = await roleWith({ trust });
      const token = await other.token({ aud: 'second' });
      const codes = () =>
        assume(role, token).then(
          () => 'let in',
          (error: unknown) => (error as Error).message,
        );
      await expect.poll(codes, { timeout: 10_000 }).toBe('Incorrect token audience');
      const OpenIDConnectProviderArn = arn;
      await iamOf(user).send(
        new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: 'second' }),
      );
      // The thumbprint is that of the certificate with which the issuer answered.
      await expect.poll(codes, { timeout: 10_000 }).toBe('let in');
      const ThumbprintList = ['0'.repeat(40)];
      await iamOf(user).send(
        new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList }),
      );
      await expect
        .poll(codes, { timeout: 10_000 })
        .toBe("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint");
      await iamOf(user).send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
      await expect.poll(codes, { timeout: 10_000 }).toContain('No OpenIDConnect provider found');
    } finally {
      await other.close();
    }
  });
});
