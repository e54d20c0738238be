/** A Longshore that may listen on a network: every caller signs, over TLS, with unmodified clients. */
import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { ECSClient, ListClustersCommand, RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { becomes } from '../../tools/process.ts';
import { pythonEnvironment } from '../../tools/python.ts';
import { runLongshore } from './support/commands.ts';
import { withLongshore } from './support/lifetime.ts';
import { webContainer } from './support/web.ts';

const run = promisify(execFile);
const longshore = withLongshore({ env: { LONGSHORE_AUTH: 'required', LONGSHORE_TLS: 'on' } });
const url = (): string => longshore().url.replace('http:', 'https:');
const authorityFile = (): string => path.join(longshore().dataDir, 'tls', 'ca.pem');

let key: { accessKeyId: string; secretAccessKey: string };
beforeAll(async () => {
  key = await makeKey();
});

async function makeKey(): Promise<typeof key> {
  const printed = await runLongshore(longshore(), ['access-key', 'create', '--env']);
  const [, accessKeyId = '', secretAccessKey = ''] =
    /AWS_ACCESS_KEY_ID=(\S+)\nexport AWS_SECRET_ACCESS_KEY=(\S+)/.exec(printed) ?? [];
  return { accessKeyId, secretAccessKey };
}

const environment = (credentials = key): NodeJS.ProcessEnv => ({
  ...longshore().awsEnvironment,
  AWS_ENDPOINT_URL: url(),
  AWS_CA_BUNDLE: authorityFile(),
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_MAX_ATTEMPTS: '1',
});

async function aws(args: readonly string[], credentials = key): Promise<string> {
  const python = await pythonEnvironment();
  return (await run(python.program('aws'), args, { env: environment(credentials) })).stdout;
}

async function runPython(script: string, credentials = key): Promise<string> {
  const python = await pythonEnvironment();
  return (await run(python.program('python'), ['-c', script], { env: environment(credentials) })).stdout.trim();
}

const settings = (credentials = key) => ({
  ...{ endpoint: url(), region: 'us-east-1', credentials, maxAttempts: 1 },
  requestHandler: { httpsAgent: { ca: readFileSync(authorityFile()) } },
});
const client = (credentials = key): ECSClient => new ECSClient(settings(credentials));

describe('the right key', () => {
  it('lets the AWS CLI, boto3 and the JavaScript SDK in, and runs a task', async () => {
    expect(await aws(['ecs', 'list-clusters', '--output', 'text'])).toContain('cluster/default');
    expect(await aws(['sts', 'get-caller-identity', '--output', 'text'])).toContain(':root');
    const script = `import boto3; print(boto3.client('ecs').list_clusters()['clusterArns'][0])`;
    expect(await runPython(script)).toContain('cluster/default');
    const ecs = client();
    expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
    await ecs.send(
      new RegisterTaskDefinitionCommand({ family: 'signed', containerDefinitions: [webContainer('hello')] }),
    );
    const { tasks } = await ecs.send(new RunTaskCommand({ taskDefinition: 'signed' }));
    await aws(['ecs', 'wait', 'tasks-running', '--tasks', tasks![0]!.taskArn!]);
    ecs.destroy();
  });

  it('signs a URL that others may use', async () => {
    const script = `import boto3, ssl, os, urllib.request
url = boto3.client('sts').generate_presigned_url('get_caller_identity', HttpMethod='GET')
print(urllib.request.urlopen(url, context=ssl.create_default_context(cafile=os.environ['AWS_CA_BUNDLE'])).read().decode())`;
    expect(await runPython(script)).toContain('<Arn>arn:aws:iam::123456789012:root</Arn>');
  });

  it('lets Longshore’s own commands in', async () => {
    const env = { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey };
    expect(await runLongshore(longshore(), ['events'], env)).toContain('RUNNING');
    await expect(runLongshore(longshore(), ['events'])).rejects.toThrow(/longshore access-key create/);
  });
});

it('a denial is on record, with the statement that decided', async () => {
  const iam = new IAMClient(settings());
  await iam.send(new CreateUserCommand({ UserName: 'ada' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }));
  const ada = client({ accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! });
  const denied = (await ada.send(new ListClustersCommand({})).catch((error: unknown) => error)) as {
    readonly $metadata: { readonly requestId: string };
  };
  ada.destroy();
  iam.destroy();
  const { requestId } = denied.$metadata;
  const env = { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey };
  const table = await runLongshore(longshore(), ['audit', '--user', 'ada', '--errors', '--since', '1h'], env);
  expect(table).toMatch(new RegExp(`ada +127\\.0\\.0\\.1 +ecs ListClusters +AccessDeniedException +${requestId}\\n`));
  const why = await runLongshore(longshore(), ['why', 'call', requestId], env);
  expect(why).toMatch(/user\/ada called ListClusters of ecs from 127\.0\.0\.1\. It was refused/);
  expect(why).toContain('no statement of an identity-based policy allows it. There is none.');
  const json = await runLongshore(longshore(), ['audit', '--request', requestId, '--json'], env);
  expect(JSON.parse(json)).toMatchObject({ eventName: 'ListClusters', tlsDetails: { tlsVersion: 'TLSv1.3' } });
});

describe('a wrong key', () => {
  it.each([
    ['secret', () => ({ ...key, secretAccessKey: 'wrong' }), 'InvalidSignatureException', 'SignatureDoesNotMatch'],
    [
      'id',
      () => ({ ...key, accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }),
      'UnrecognizedClientException',
      'InvalidClientTokenId',
    ],
  ])('is refused by its %s, in the words of AWS’s clients', async (_what, wrong, jsonCode, queryCode) => {
    await expect(aws(['ecs', 'list-clusters'], wrong())).rejects.toThrow(`(${jsonCode})`);
    await expect(aws(['sts', 'get-caller-identity'], wrong())).rejects.toThrow(`(${queryCode})`);
    await expect(runPython(`import boto3; boto3.client('ecs').list_clusters()`, wrong())).rejects.toThrow(jsonCode);
    await expect(client(wrong()).send(new ListClustersCommand({}))).rejects.toMatchObject({ name: jsonCode });
  });

  it('does nothing any more a moment after it was disabled', async () => {
    const made = await makeKey();
    const other = client(made);
    expect((await other.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
    await runLongshore(longshore(), ['access-key', 'disable', made.accessKeyId]);
    const isRefused = () =>
      other.send(new ListClustersCommand({})).then(
        () => false,
        () => true,
      );
    expect(await becomes(isRefused, 10_000)).toBe(true);
  });
});

describe('a caller without a key', () => {
  it('learns only that the process lives', async () => {
    const ecs = (path: string) =>
      runPython(`import os, ssl, urllib.request, urllib.error
context = ssl.create_default_context(cafile=os.environ['AWS_CA_BUNDLE'])
try:
  print(urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'] + '${path}', context=context).status)
except urllib.error.HTTPError as error:
  print(error.code)`);
    expect(await ecs('/healthz')).toBe('200');
    for (const path of ['/v1/clusters', '/readyz', '/openapi.json', '/v1/events/stream'])
      expect(await ecs(path)).toBe('403');
  });

  it('gets no answer over plain HTTP', async () => {
    await expect(fetch(`${longshore().url}/healthz`)).rejects.toThrow();
  });
});

it('does not keep a secret where others may read it', async () => {
  const dump = await longshore().withStore((store) => store.listAccessKeys(undefined));
  expect(JSON.stringify(dump)).not.toContain(key.secretAccessKey);
  const log = readFileSync(path.join(longshore().dataDir, 'longshore.log'), 'utf8') + longshore().output();
  expect(log).not.toContain(key.secretAccessKey);
});
