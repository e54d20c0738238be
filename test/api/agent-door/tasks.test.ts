/** What tasks get through the agent door: only from the instance that holds them, and only what their roles may have. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerDefinition, TaskOverride } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aTask, anInstanceRecord, newId } from '../../../fixtures/records.ts';
import type { AuditEvent } from '../../../model/audit.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import type { TaskCredentials, TaskSecrets } from '../../../model/task-calls.ts';
import type { Task } from '../../../model/task.ts';
import { SEALERS, type TestAgent, withDoorStage } from '../../support/door-stage.ts';
import { TEST_PARTITION } from '../../support/store.ts';
import { allowing, policy, type Statement } from '../support/signed-callers.ts';

const ACCOUNT = TEST_PARTITION.account;
const folder = mkdtempSync(join(tmpdir(), 'longshore-env-files-'));
const stage = withDoorStage({ environmentFiles: folder });
const HELD = '0123456789abcdef0123456789abcdef';

let mine: TestAgent;
let foreign: TestAgent;

beforeAll(async () => {
  [mine, foreign] = await Promise.all([stage().join(), stage().join()]);
  const { store } = stage();
  for (const { containerInstanceId: id } of [mine, foreign]) await store.recordInstance(anInstanceRecord({ id }));
  mkdirSync(join(folder, 'bucket', 'team'), { recursive: true });
  writeFileSync(join(folder, 'bucket', 'team', 'a.env'), '# first\nA=file-a\nB=file-b\n');
  writeFileSync(join(folder, 'bucket', 'b.env'), 'B=late\nC=file-c\n');
  writeFileSync(join(folder, 'bucket', 'binary.env'), Buffer.from([0x41, 0x3d, 0xff]));
  writeFileSync(join(folder, 'bucket', 'large.env'), 'A='.padEnd(1024 * 1024 + 1, 'x'));
  symlinkSync('/etc/hostname', join(folder, 'bucket', 'out.env'));
  symlinkSync(join(folder, 'bucket', 'b.env'), join(folder, 'bucket', 'in.env'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TRUST = policy({
  ...{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
});

/** Makes a role and returns its name. */
async function aRole(
  may: readonly Statement[] = [],
  { trust = TRUST, maxSessionSeconds = 3_600 } = {},
): Promise<string> {
  const name = `role-${newId()}`;
  const role = { name, path: '/', id: `AROA${newId()}`, createdAt: 0, tags: [], trustPolicy: trust, maxSessionSeconds };
  await stage().store.createRole(role);
  if (may.length > 0)
    await stage().store.putInlinePolicy({ kind: 'role', name }, { name: 'inline', document: policy(...may) });
  return name;
}

async function aSecret(
  name: string,
  text: string | Uint8Array,
  more: { readonly deleted?: boolean } = {},
): Promise<string> {
  const arn = `arn:aws:secretsmanager:${TEST_PARTITION.region}:${ACCOUNT}:secret:${name}-AbCdEf`;
  const id = `version-${newId()}`;
  const content =
    typeof text === 'string'
      ? ({ kind: 'string', secretString: text } as const)
      : ({ kind: 'binary', secretBinary: text } as const);
  await stage().store.createSecret({
    secret: {
      ...{ arn, name, createdAt: 0, changedAt: 0, tags: [{ key: 'team', value: 'a' }] },
      versions: [{ id, stages: ['AWSCURRENT'], createdAt: 0 }],
      ...(more.deleted === true ? { deletion: { markedAt: 0, purgeAt: Date.now() + 1e9 } } : {}),
    },
    added: { id, sealed: SEALERS.values.sealSecret(content, arn, id) },
  });
  return arn;
}

async function aParameter(name: string, value: string): Promise<void> {
  await stage().store.changeParameter(name, () =>
    Promise.resolve({
      parameter: {
        ...{ name, tags: [] },
        versions: [
          { version: 1, type: 'SecureString', tier: 'Standard', modifiedAt: 0, modifiedBy: 'a test', labels: ['good'] },
        ],
      },
      added: { version: 1, sealed: SEALERS.values.sealParameter(value, name, 1) },
    }),
  );
}

interface Made {
  readonly containers?: readonly ContainerDefinition[];
  readonly definition?: Partial<TaskDefinition>;
  readonly overrides?: TaskOverride;
  readonly task?: Partial<Task>;
}

/** A task that the agent's instance holds. */
async function held({ containers = [], definition = {}, overrides = {}, task = {} }: Made = {}) {
  const { store } = stage();
  const family = `family-${newId()}`;
  await store.registerTaskDefinition(
    family,
    (revision) => ({
      ...{ taskDefinitionArn: `arn:${family}:${revision}`, family, revision, status: 'ACTIVE', registeredAt: 0 },
      containerDefinitions: [...containers],
      ...definition,
    }),
    [],
  );
  const taskId = newId();
  const { containerInstanceId } = mine;
  const nothing = { cpu: 0, memoryMiB: 0, ports: [], gpus: 0 };
  const row = {
    ownerWorkflowId: 'service/default/web',
    containerInstanceId,
    held: nothing,
    overrides,
    family,
    revision: 1,
    ...task,
  };
  await store.reserveTasks({ clusterName: 'default', tasks: [aTask({ taskId, ...row })] });
  return { clusterName: 'default', taskId };
}

const secretsOf = async (made: Made): Promise<TaskSecrets> =>
  (await mine.call('ReadTaskSecrets', await held(made))) as TaskSecrets;

const web = (more: Omit<ContainerDefinition, 'name'>): ContainerDefinition => ({ name: 'web', image: 'a', ...more });
const events = async (): Promise<readonly AuditEvent[]> =>
  (await stage().store.listAudit({}, { limit: 50 })).items.map(({ event }) => event);
const ALL = [allowing(['secretsmanager:GetSecretValue', 'ssm:GetParameters', 's3:GetObject'])];

describe('another’s task', () => {
  const CALLS = [
    ['ReadTaskSecrets', {}],
    ['IssueTaskCredentials', {}],
    ['ForwardTaskCall', { request: { method: 'POST', url: '/', headers: [], body: '' } }],
  ] as const;

  it.each(CALLS)('gets nothing: %s', async (name, more) => {
    const executionRoleArn = await aRole(ALL);
    const own = await held({
      containers: [web({ secrets: [{ name: 'A', valueFrom: 'none' }] })],
      definition: { executionRoleArn, taskRoleArn: executionRoleArn },
    });
    const denied = { name: 'DoorRefusal', message: `This container instance does not hold the task ${own.taskId}.` };
    await expect(foreign.call(name, { ...own, ...more })).rejects.toMatchObject(denied);
    await expect(mine.call(name, { ...own, ...more, clusterName: 'other' })).rejects.toMatchObject(denied);
    const unknown = newId();
    await expect(mine.call(name, { ...own, ...more, taskId: unknown })).rejects.toThrow(unknown);
    await expect(mine.call(name, { ...own, ...more, taskId: '../x' })).rejects.toThrow(/32 hexadecimal digits/);
    await expect
      .poll(async () => (await events()).filter(({ eventName }) => eventName === name))
      .toMatchObject([
        { userIdentity: { userName: mine.containerInstanceId }, errorCode: 'AccessDeniedException' },
        { userIdentity: { userName: mine.containerInstanceId } },
        { userIdentity: { userName: foreign.containerInstanceId }, errorMessage: denied.message },
      ]);
  });

  it.each(CALLS)('a stopped one gets nothing: %s', async (name, more) => {
    const stopped = await held({ task: { lastStatus: 'STOPPED', stoppedAt: Date.now() } });
    await expect(mine.call(name, { ...stopped, ...more })).rejects.toThrow(`The task ${stopped.taskId} has stopped.`);
  });

  it('is nothing for a token to join', async () => {
    const joining = stage().caller(await stage().token());
    for (const [name] of CALLS) await expect(joining.call(name, { taskId: HELD })).rejects.toThrow(/not for joining/);
  });
});

describe('keys of the task role', () => {
  const credentialsOf = async (definition: Partial<TaskDefinition>, overrides: TaskOverride = {}) => {
    const task = await held({ definition, overrides });
    return { task, ...((await mine.call('IssueTaskCredentials', task)) as TaskCredentials) };
  };

  it('are those of a session that the task’s id names, and are on record', async () => {
    const name = await aRole([], { maxSessionSeconds: 43_200 });
    const { task, roleArn, accessKeyId, sessionToken, secretAccessKey, expiresAt } = await credentialsOf({
      taskRoleArn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
    });
    const session = SEALERS.tokens.open(sessionToken, accessKeyId, Date.now());
    expect(session).toMatchObject({ secret: secretAccessKey, of: { kind: 'role', name, sessionName: task.taskId } });
    expect(roleArn).toBe(`arn:aws:iam::${ACCOUNT}:role/${name}`);
    // As ECS: six hours, though the role allows twelve.
    expect(expiresAt - session.issuedAt).toBe(6 * 3_600_000);
    const [event] = (await events()).filter(({ eventName }) => eventName === 'AssumeRole');
    expect(event).toMatchObject({
      eventSource: 'sts.amazonaws.com',
      userIdentity: { type: 'AWSService', invokedBy: 'ecs-tasks.amazonaws.com' },
      requestParameters: { roleArn, roleSessionName: task.taskId, durationSeconds: 21_600 },
      responseElements: { credentials: { accessKeyId, sessionToken: 'HIDDEN_DUE_TO_SECURITY_REASONS' } },
      resources: [{ ARN: roleArn, type: 'AWS::IAM::Role' }],
    });
    expect(JSON.stringify(event)).not.toContain(secretAccessKey);
  });

  it('last no longer than the role allows, and may be those of an override', async () => {
    const [own, other] = [await aRole(), await aRole()];
    const { roleArn, expiresAt, accessKeyId, sessionToken } = await credentialsOf(
      { taskRoleArn: own },
      { taskRoleArn: other },
    );
    expect(roleArn).toBe(`arn:aws:iam::${ACCOUNT}:role/${other}`);
    const { issuedAt } = SEALERS.tokens.open(sessionToken, accessKeyId, Date.now());
    expect(expiresAt - issuedAt).toBe(3_600_000);
  });

  it('may be asked for so often', async () => {
    const task = await held({ definition: { taskRoleArn: await aRole() } });
    const asked = await Promise.allSettled(Array.from({ length: 40 }, () => mine.call('IssueTaskCredentials', task)));
    expect(asked.filter((each) => each.status === 'fulfilled').length).toBeLessThan(30);
    expect(asked.find((each) => each.status === 'rejected')).toMatchObject({ reason: { name: 'DoorAway' } });
  });

  const trusting = (Principal: object, Condition: object = {}) =>
    policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', Condition });
  const ecs = { Service: 'ecs-tasks.amazonaws.com' };

  it.each([
    [
      'its account and task',
      trusting(ecs, {
        ArnLike: { 'aws:SourceArn': `arn:aws:ecs:us-east-1:${ACCOUNT}:*` },
        StringEquals: { 'aws:SourceAccount': ACCOUNT },
      }),
    ],
  ])('are given where the role trusts by %s', async (_what, trust) => {
    await expect(credentialsOf({ taskRoleArn: await aRole([], { trust }) })).resolves.toHaveProperty('sessionToken');
  });

  it.each([
    ['trusts another service', trusting({ Service: 'ec2.amazonaws.com' })],
    ['trusts users', trusting({ AWS: ACCOUNT })],
    ['trusts everybody with an account', trusting({ AWS: '*' })],
    ['trusts another account’s tasks', trusting(ecs, { StringEquals: { 'aws:SourceAccount': '999999999999' } })],
    ['denies', policy({ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' })],
  ])('are refused of a role that %s', async (_what, trust) => {
    const name = await aRole([], { trust });
    await expect(credentialsOf({ taskRoleArn: name })).rejects.toThrow(
      `ECS was unable to assume the role 'arn:aws:iam::${ACCOUNT}:role/${name}' that was provided for this task.`,
    );
  });

  it('are refused of no role, and of one that is not in IAM', async () => {
    await expect(credentialsOf({})).rejects.toThrow('The task has no task role.');
    await expect(credentialsOf({ taskRoleArn: 'none' })).rejects.toThrow(/unable to assume the role/);
    const inPath = `arn:aws:iam::${ACCOUNT}:role/path/${await aRole()}`;
    await expect(credentialsOf({ taskRoleArn: inPath })).rejects.toThrow(/unable to assume the role/);
  });
});

describe('secrets', () => {
  it('of all kinds come by container', async () => {
    const [database, registry] = await Promise.all([
      aSecret('all/database', '{"user":"me","port":5432}'),
      aSecret('all/registry', '{"username":"puller","password":"s3cret"}'),
    ]);
    await aParameter('/all/parameter', 'p4rameter');
    await aParameter('plain', 'pl4in');
    const arn = (name: string): string => `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/${name}`;
    const from = {
      WHOLE: database,
      USER: `${database}:user::`,
      PORT: `${database}:port:AWSCURRENT:`,
      BY_NAME: '/all/parameter',
      BY_VERSION: '/all/parameter:1',
      BY_LABEL: `${arn('all/parameter')}:good`,
      PLAIN: arn('plain'),
    };
    const secrets = Object.entries(from).map(([name, valueFrom]) => ({ name, valueFrom }));
    const answer = await secretsOf({
      definition: { executionRoleArn: await aRole(ALL) },
      containers: [
        web({
          secrets,
          logConfiguration: { logDriver: 'splunk', secretOptions: [{ name: 'splunk-token', valueFrom: 'plain' }] },
          environmentFiles: ['bucket/team/a.env', 'bucket/b.env'].map((key) => ({
            ...{ type: 's3' as const, value: `arn:aws:s3:::${key}` },
          })),
        }),
        { name: 'private', repositoryCredentials: { credentialsParameter: 'all/registry' } },
        { name: 'public', repositoryCredentials: { credentialsParameter: registry } },
        { name: 'none' },
      ],
    });
    const registryAuth = { username: 'puller', password: 's3cret' };
    const nothing = { fileEnvironment: {}, environment: {}, logOptions: {} };
    expect(answer).toEqual({
      web: {
        environment: {
          ...{ WHOLE: '{"user":"me","port":5432}', USER: 'me', PORT: '5432' },
          ...{ BY_NAME: 'p4rameter', BY_VERSION: 'p4rameter', BY_LABEL: 'p4rameter', PLAIN: 'pl4in' },
        },
        logOptions: { 'splunk-token': 'pl4in' },
        fileEnvironment: { A: 'file-a', B: 'file-b', C: 'file-c' },
      },
      private: { ...nothing, registryAuth },
      public: { ...nothing, registryAuth },
    });
    const read = (await events()).filter(({ userIdentity }) => userIdentity.invokedBy === 'ecs-tasks.amazonaws.com');
    expect(read.find(({ eventName }) => eventName === 'GetSecretValue')).toMatchObject({
      userIdentity: { type: 'AssumedRole' },
      resources: [{ type: 'AWS::SecretsManager::Secret' }],
      responseElements: null,
    });
    expect(JSON.stringify(await events())).not.toMatch(/s3cret|p4rameter|pl4in|file-a/);
  });

  it('are none of a definition that names none', async () => {
    await expect(secretsOf({ containers: [web({})] })).resolves.toEqual({});
  });

  it('of an override’s files take the place of the definition’s', async () => {
    const files = (key: string) => [{ type: 's3' as const, value: `arn:aws:s3:::bucket/${key}` }];
    const answer = await secretsOf({
      definition: { executionRoleArn: await aRole(ALL) },
      containers: [web({ environmentFiles: files('team/a.env') })],
      overrides: { containerOverrides: [{ name: 'web', environmentFiles: files('in.env') }] },
    });
    expect(answer['web']?.fileEnvironment).toEqual({ B: 'late', C: 'file-c' });
  });

  const PULL = 'unable to pull secrets or registry auth: ';
  const ASM = `${PULL}execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): `;
  const SSM = `${PULL}execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): `;
  const AUTH = `${PULL}execution resource retrieval failed: unable to get registry auth from asm: service call has been retried 1 time(s): `;
  const FILES = 'failed to download env files: file download command: service call has been retried 1 time(s): ';
  const asm = (name: string): string => `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:${name}-AbCdEf`;
  const secret = (valueFrom: string) => web({ secrets: [{ name: 'A', valueFrom }] });
  const file = (key: string) => web({ environmentFiles: [{ type: 's3', value: `arn:aws:s3:::bucket/${key}` }] });
  const credentials = (credentialsParameter: string) => web({ repositoryCredentials: { credentialsParameter } });

  beforeAll(async () => {
    await Promise.all([
      aSecret('no/text', Buffer.from('canary')),
      aSecret('no/json', 'canary-text'),
      aSecret('no/key', '{"a":"canary"}'),
      aSecret('no/more', 'canary', { deleted: true }),
      aSecret('no/nul', 'can\0ary'),
      aSecret('no/user', '{"username":"","password":"canary"}'),
      aSecret('no/large', 'canary'.repeat(10_000)),
      aParameter('/may/not', 'canary'),
    ]);
  });

  it.each([
    [
      'a missing secret',
      secret(asm('no/such')),
      `${ASM}failed to fetch secret ${asm('no/such')} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    ],
    [
      'a secret of another region',
      secret(asm('no/key').replace('us-east-1', 'eu-west-1')),
      `${ASM}failed to fetch secret ${asm('no/key').replace('us-east-1', 'eu-west-1')} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    ],
    [
      'a missing stage',
      secret(`${asm('no/key')}::AWSPREVIOUS:`),
      `${ASM}failed to fetch secret ${asm('no/key')} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS`,
    ],
    [
      'a secret that is marked for deletion',
      secret(asm('no/more')),
      `${ASM}failed to fetch secret ${asm('no/more')} from secrets manager: InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.`,
    ],
    [
      'a missing JSON key',
      secret(`${asm('no/key')}:b::`),
      `${ASM}retrieved secret from Secrets Manager did not contain json key b`,
    ],
    [
      'a key of no object’s',
      secret(`${asm('no/key')}:toString::`),
      `${ASM}retrieved secret from Secrets Manager did not contain json key toString`,
    ],
    [
      'no JSON',
      secret(`${asm('no/json')}:b::`),
      `${ASM}the value of secret ${asm('no/json')} is no JSON object, so it has no json key b`,
    ],
    [
      'a binary value',
      secret(asm('no/text')),
      `${ASM}failed to fetch secret ${asm('no/text')} from secrets manager: its value is binary, and a container takes texts only.`,
    ],
    ['a NUL', secret(asm('no/nul')), `${PULL}the value of A contains a NUL character.`],
    ['a missing parameter', secret('/no/such'), `${SSM}invalid parameters: /no/such`],
    ['a missing version', secret('/may/not:7'), `${SSM}invalid parameters: /may/not:7`],
    [
      'a parameter of another account',
      secret('arn:aws:ssm:us-east-1:999999999999:parameter/may/not'),
      `${SSM}invalid parameters: arn:aws:ssm:us-east-1:999999999999:parameter/may/not`,
    ],
    [
      'missing registry credentials',
      credentials('no/such'),
      `${AUTH}asm fetching secret from the service for no/such: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    ],
    [
      'registry credentials without JSON',
      credentials('no/json'),
      `${AUTH}asm fetching authorization data: unable to unmarshal secret value, invalid schema`,
    ],
    [
      'registry credentials without a user',
      credentials('no/user'),
      `${AUTH}asm fetching username: AuthorizationData is malformed, empty field`,
    ],
    [
      'a missing file',
      file('none.env'),
      `${FILES}arn:aws:s3:::bucket/none.env: NoSuchKey: The specified key does not exist.`,
    ],
    ['a folder', file('team'), `${FILES}arn:aws:s3:::bucket/team: NoSuchKey: The specified key does not exist.`],
    [
      'a link out of the folder',
      file('out.env'),
      `${FILES}arn:aws:s3:::bucket/out.env: NoSuchKey: The specified key does not exist.`,
    ],
    [
      'a way out of the folder',
      file('../../etc/hostname'),
      `${FILES}arn:aws:s3:::bucket/../../etc/hostname is no ARN of an S3 object.`,
    ],
    ['a large file', file('large.env'), `${FILES}arn:aws:s3:::bucket/large.env: the file has more than 1048576 bytes.`],
    ['a file that is no text', file('binary.env'), `${FILES}arn:aws:s3:::bucket/binary.env: the file is not in UTF-8.`],
  ])('%s stops the task in ECS’s words', async (_what, container, message) => {
    const task = await held({ definition: { executionRoleArn: await aRole(ALL) }, containers: [container] });
    await expect(mine.call('ReadTaskSecrets', task)).rejects.toMatchObject({ name: 'DoorRefusal', message });
  });

  it('have a bound together', async () => {
    const secrets = Array.from({ length: 20 }, (_, i) => ({ name: `A${i}`, valueFrom: asm('no/large') }));
    const definition = { executionRoleArn: await aRole(ALL) };
    await expect(secretsOf({ definition, containers: [web({ secrets })] })).rejects.toThrow(
      /at most 1048576 characters/,
    );
  });

  const session = (role: string, { taskId }: { taskId: string }) =>
    `User: arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${taskId} is not authorized to perform: `;
  const denial = (
    action: string,
    resource: string,
    code = 'AccessDeniedException',
    why = `because no identity-based policy allows the ${action} action`,
  ) => ({ action, resource, code, why });

  it.each([
    ['a secret', secret(asm('no/key')), denial('secretsmanager:GetSecretValue', asm('no/key')), []],
    ['a secret that there is not', secret(asm('no/such')), denial('secretsmanager:GetSecretValue', asm('no/such')), []],
    [
      'a secret by its tag',
      secret(asm('no/key')),
      denial('secretsmanager:GetSecretValue', asm('no/key')),
      [allowing('secretsmanager:GetSecretValue', '*', { StringEquals: { 'secretsmanager:ResourceTag/team': 'b' } })],
    ],
    [
      'a secret’s stage',
      secret(`${asm('no/key')}::AWSPREVIOUS:`),
      denial('secretsmanager:GetSecretValue', asm('no/key')),
      [
        allowing('secretsmanager:GetSecretValue', '*', {
          StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' },
        }),
      ],
    ],
    [
      'a parameter',
      secret('/may/not'),
      denial('ssm:GetParameters', `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/may/not`),
      [allowing('ssm:GetParameter')],
    ],
    [
      'a parameter by a Deny',
      secret('/may/not'),
      denial(
        'ssm:GetParameters',
        `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/may/not`,
        'AccessDeniedException',
        'with an explicit deny in an identity-based policy',
      ),
      [allowing('*'), { ...allowing('ssm:*', `arn:aws:ssm:*:*:parameter/may/*`), Effect: 'Deny' }],
    ],
    [
      'a file',
      file('b.env'),
      denial('s3:GetObject', 'arn:aws:s3:::bucket/b.env', 'AccessDenied'),
      [allowing('s3:GetObject', 'arn:aws:s3:::other/*')],
    ],
  ] as const)(
    '%s that the execution role may not read stops the task, and is on record',
    async (_what, container, { action, resource, code, why }, may) => {
      const executionRoleArn = await aRole(may);
      const task = await held({ definition: { executionRoleArn }, containers: [container] });
      const refusal = await mine
        .call('ReadTaskSecrets', task)
        .then(String, (error: unknown) => (error as Error).message);
      const sentence = `${session(executionRoleArn, task)}${action} on resource: ${resource} ${why}`;
      expect(refusal).toContain(`${code}: ${sentence} status code: 400, request id: `);
      const requestId = refusal.slice(refusal.lastIndexOf(' ') + 1);
      const [event] = await stage().store.findAudit(requestId, 1);
      expect(event).toMatchObject({ event: { errorMessage: sentence }, judgements: [{ action, resource }] });
    },
  );

  it('may be read by conditions and resources that fit', async () => {
    const may = [
      allowing('secretsmanager:GetSecretValue', asm('no/*'), {
        StringEquals: { 'secretsmanager:ResourceTag/team': 'a', 'secretsmanager:VersionStage': 'AWSCURRENT' },
      }),
      allowing('ssm:GetParameters', `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/may/*`),
    ];
    const secrets = [`${asm('no/key')}:a::`, '/may/not'].map((valueFrom, i) => ({ name: `A${i}`, valueFrom }));
    const answer = await secretsOf({
      definition: { executionRoleArn: await aRole(may) },
      containers: [web({ secrets })],
    });
    expect(answer['web']?.environment).toEqual({ A0: 'canary', A1: 'canary' });
  });

  it('need an execution role that exists and trusts ECS tasks', async () => {
    const containers = [secret('/may/not')];
    await expect(secretsOf({ containers })).rejects.toThrow(`${PULL}the task has no execution role.`);
    const refusal = `${PULL}ECS was unable to assume the role`;
    await expect(secretsOf({ containers, definition: { executionRoleArn: 'none' } })).rejects.toThrow(refusal);
    const trust = TRUST.replace('ecs-tasks', 'ec2');
    const executionRoleArn = await aRole(ALL, { trust });
    await expect(secretsOf({ containers, definition: { executionRoleArn } })).rejects.toThrow(refusal);
  });

  it('are in no answer, log or record of a refusal', async () => {
    expect(JSON.stringify([stage().log, await events()])).not.toContain('canary');
  });
});

it('a call of a container may come without a task', async () => {
  const request = { method: 'GET', url: '/', headers: [['host', 'a']], body: '' };
  await expect(mine.call('ForwardTaskCall', { request })).resolves.toEqual({ status: 204, headers: [], body: '' });
  await expect(mine.call('ForwardTaskCall', { taskId: newId(), request })).rejects.toThrow(/does not hold/);
});

it('an agent has an allowance for the calls of its tasks, apart from its own', async () => {
  const agent = await stage().join();
  const call = (name: string) =>
    agent.call(name, {
      clusterName: 'default',
      taskId: newId(),
      request: { method: 'GET', url: '/', headers: [], body: '' },
    });
  const answers = await Promise.allSettled(Array.from({ length: 300 }, () => call('ForwardTaskCall')));
  const reasons = answers.map((each) => (each.status === 'rejected' ? (each.reason as Error).message : ''));
  expect(reasons.some((reason) => /Too many calls of tasks/.test(reason))).toBe(true);
  await expect(agent.call('IsRegistered', {})).resolves.toEqual({ isRegistered: true });
});
