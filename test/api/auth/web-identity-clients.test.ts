/** Unmodified clients with a token in a file, as CI systems leave it: the AWS CLI, boto3 and the SDK for JavaScript. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pythonEnvironment } from '../../../tools/python.ts';
import { OidcIssuer } from '../../support/oidc-issuer.ts';
import { withApi } from '../support/api-under-test.ts';
import { ACCOUNT } from '../support/iam-calls.ts';
import { allowing, signedCallers } from '../support/signed-callers.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const api = withApi({ auth: 'required' });
const { roleWith } = signedCallers(api);

let issuer: OidcIssuer;
let folder: string;
let role: string;
let token: string;
beforeAll(async () => {
  await pythonEnvironment();
  issuer = await OidcIssuer.start();
  folder = await mkdtemp(join(tmpdir(), 'longshore-token-'));
  token = await issuer.token();
  await writeFile(join(folder, 'token'), token);
  await api().store.createOidcProvider({
    ...{ issuer: issuer.name, clientIds: ['longshore'], thumbprints: [issuer.thumbprint], createdAt: 0, tags: [] },
  });
  const Federated = `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer.name}`;
  const Condition = { StringEquals: { [`${issuer.name}:sub`]: 'ada' } };
  role = await roleWith({
    trust: [{ Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity', Condition }],
    may: [allowing('ecs:ListClusters')],
  });
}, 600_000);
afterAll(async () => {
  await issuer.close();
  await rm(folder, { recursive: true });
});

const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: folder,
  ...{ AWS_ENDPOINT_URL: api().url, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1', AWS_MAX_ATTEMPTS: '1' },
  AWS_EC2_METADATA_DISABLED: 'true',
});
const withTokenFile = (): NodeJS.ProcessEnv => ({
  ...environment(),
  ...{ AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'), AWS_ROLE_SESSION_NAME: 'ci' },
});
const session = (): string => `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/ci`;

it('aws sts assume-role-with-web-identity', async () => {
  const aws = (await pythonEnvironment()).program('aws');
  const args = ['sts', 'assume-role-with-web-identity', '--role-arn', role, '--role-session-name', 'ci'];
  const call = (given: string) => run(aws, [...args, '--web-identity-token', given], { env: environment() });
  expect(JSON.parse((await call(token)).stdout)).toMatchObject({
    AssumedRoleUser: { Arn: session() },
    SubjectFromWebIdentityToken: 'ada',
    Audience: 'longshore',
  });
  await expect(call(await issuer.token({ aud: 'other' }))).rejects.toThrow('(InvalidIdentityToken)');
  await expect(call(await issuer.token({ exp: 1 }))).rejects.toThrow('(ExpiredTokenException)');
  await expect(call(await issuer.token({ sub: 'bob' }))).rejects.toThrow('(AccessDenied)');
});

it.each([
  ['the AWS CLI', ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text'], 'aws'],
  ['boto3', ['-c', "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"], 'python'],
])('%s takes the token from a file', async (_what, args, program) => {
  const python = await pythonEnvironment();
  const { stdout } = await run(python.program(program), args, { env: withTokenFile() });
  expect(stdout.trim()).toBe(session());
});

it('the SDK for JavaScript takes the token from a file', async () => {
  const script = `import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
    console.log((await new ECSClient({}).send(new ListClustersCommand({}))).clusterArns.length);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: ROOT,
    env: withTokenFile(),
  });
  expect(stdout.trim()).toBe('1');
});
