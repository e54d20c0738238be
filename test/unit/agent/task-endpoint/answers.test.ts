/** What callers get over HTTP: what is their task's, and refusals for the rest. */
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readClaim } from '../../../../api/auth/signature/claim.ts';
import { verifySignature } from '../../../../api/auth/signature/verify.ts';
import { TaskCallRefused, type ForwardedRequest } from '../../../../model/task-calls.ts';
import { jsonForwarded } from '../../../support/fake-task-control.ts';
import { lifeOf } from './builders.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const get = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(stage.url + path, init);
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as unknown };
};
const credentialsOf = (task = stage.life) => `/v2/credentials/${stage.ids.credentials(task.plan)}`;
const metadataOf = (task = stage.life) => `/v4/${stage.ids.container(task.plan, 'main')}`;
const protectionOf = (task = stage.life) => `/api/${stage.ids.container(task.plan, 'main')}/task-protection/v1/state`;

describe('credentials', () => {
  it('are those of the task, in ECS’s form', async () => {
    expect(await get(credentialsOf())).toEqual({
      status: 200,
      body: {
        RoleArn: 'arn:aws:iam::123456789012:role/app',
        AccessKeyId: 'ASIA1',
        SecretAccessKey: `secret of ${stage.life.plan.taskId}`,
        Token: 'token',
        Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      },
    });
    expect(stage.control.asked).toEqual([{ clusterName: 'default', taskId: stage.life.plan.taskId }]);
  });

  const refusal = (status: number, code: string, message: string) => ({
    status,
    body: { code, message: `CredentialsV2Request: ${message}`, HTTPErrorCode: status },
  });
  const unknown = refusal(400, 'InvalidIdInRequest', 'Credentials not found');

  it('are refused without an id, and for ids of nobody, of another task, of a container', async () => {
    expect(await get('/v2/credentials')).toEqual(refusal(400, 'NoIdInRequest', 'No Credential ID in the request'));
    for (const path of [
      '/v2/credentials/x',
      credentialsOf(stage.other),
      metadataOf().replace('/v4', '/v2/credentials'),
    ])
      expect(await get(path)).toEqual(unknown);
    expect(stage.control.asked).toEqual([]);
    expect(stage.warnings).toHaveLength(1);
  });

  it('are refused for a task without a role, and for one that has ended', async () => {
    const roleless = lifeOf('bridge', { definition: { taskRoleArn: '' } });
    for (const life of [roleless, { ...stage.life, stoppedAt: 1 }]) {
      stage.lives = [life];
      expect(await get(credentialsOf())).toEqual(unknown);
    }
  });

  it('say why there are none', async () => {
    stage.control.refusal = new Error('ECONNREFUSED 10.0.0.1');
    const away = 'Credentials uninitialized for ID: the control plane does not answer';
    expect(await get(credentialsOf())).toEqual(refusal(503, 'CredentialsUninitialized', away));
    stage.control.refusal = new TaskCallRefused('Role app does not exist.');
    expect(await get(credentialsOf())).toEqual(refusal(400, 'NoCredentialsAssociated', 'Role app does not exist.'));
  });
});

describe('metadata', () => {
  it('is that of the container and of its task, and costs no call of the engine while nothing happens', async () => {
    const container = await get(metadataOf());
    expect(container).toMatchObject({ status: 200, body: { Name: 'main', KnownStatus: 'RUNNING' } });
    expect(await get(`${metadataOf()}/task`)).toMatchObject({
      body: { Containers: [container.body, { Name: 'once' }] },
    });
    const before = { ...stage.engine };
    await get(metadataOf());
    expect(stage.engine).toEqual(before);
    stage.lives = [{ ...stage.life, containers: stage.life.containers.map((record) => ({ ...record })) }, stage.other];
    await get(metadataOf());
    expect(stage.engine.inspects).toBeGreaterThan(before.inspects);
  });

  it('is not found for ids of nobody, of another task, of credentials', async () => {
    for (const path of ['/v4/x', metadataOf(stage.other), credentialsOf().replace('/v2/credentials', '/v4')])
      for (const part of ['', '/task', '/stats', '/task/stats'])
        expect(await get(path + part)).toMatchObject({ status: 404 });
  });

  it('has no stats of containers that have ended, or that the engine does not give', async () => {
    expect(await get(`${metadataOf()}/stats`)).toMatchObject({ status: 500 });
    const ids = stage.life.containers.map(({ containerId }) => [containerId, {}]);
    expect(await get(`${metadataOf()}/task/stats`)).toEqual({ status: 200, body: Object.fromEntries(ids) as object });
  });

  it('that is not built says so', async () => {
    expect(await get(`${metadataOf()}/taskWithTags`)).toEqual({
      status: 404,
      body: { __type: 'UnsupportedFeatureException', message: '/v4/{id}/taskWithTags is not built.' },
    });
    expect(await get(metadataOf(), { method: 'POST' })).toMatchObject({ status: 405 });
  });
});

describe('task protection', () => {
  const put = (body: string, task = stage.life) => get(protectionOf(task), { method: 'PUT', body });
  const taskArn = () => stage.life.plan.taskArn;

  it('is read, with the failure that ECS reports', async () => {
    const protectedTasks = [{ taskArn: taskArn(), protectionEnabled: false }];
    stage.control.answer = () => Promise.resolve(jsonForwarded(200, { protectedTasks, failures: [] }));
    const protection = { ExpirationDate: null, ProtectionEnabled: false, TaskArn: taskArn() };
    expect(await get(protectionOf())).toEqual({ status: 200, body: { protection } });
    const failures = [{ arn: taskArn(), reason: 'TASK_NOT_VALID' }];
    stage.control.answer = () => Promise.resolve(jsonForwarded(200, { protectedTasks: [], failures }));
    const failure = { Arn: taskArn(), Detail: null, Reason: 'TASK_NOT_VALID' };
    expect(await get(protectionOf())).toEqual({ status: 200, body: { failure } });
  });

  it('is set by a call that the role has signed', async () => {
    stage.control.answer = () =>
      Promise.resolve(
        jsonForwarded(200, { protectedTasks: [{ taskArn: taskArn(), protectionEnabled: true, expirationDate: 60.5 }] }),
      );
    expect(await put('{"protectionEnabled":true,"EXPIRESINMINUTES":1}')).toMatchObject({
      body: { protection: { ExpirationDate: '1970-01-01T00:01:00.500Z' } },
    });
    const { task, request } = stage.control.forwarded[0]!;
    expect(task).toEqual({ clusterName: 'default', taskId: stage.life.plan.taskId });
    await expectSigned(request, `secret of ${stage.life.plan.taskId}`);
    expect(JSON.parse(Buffer.from(request.body, 'base64').toString())).toEqual({
      ...{ cluster: 'default', tasks: [taskArn()], protectionEnabled: true, expiresInMinutes: 1 },
    });
  });

  it.each([
    ['', 'UpdateTaskProtection: failed to decode request'],
    ['[]', 'UpdateTaskProtection: failed to decode request'],
    ['{"ProtectionEnabled":"yes"}', 'UpdateTaskProtection: failed to decode request'],
    ['{"ProtectionEnabled":true,"Other":1}', 'UpdateTaskProtection: failed to decode request'],
    ['{}', "Invalid request: does not contain 'ProtectionEnabled' field"],
  ])('is not set by %j', async (body, Message) => {
    expect(await put(body)).toMatchObject({
      status: 400,
      body: { error: { Code: 'InvalidParameterException', Message } },
    });
    expect(stage.control.forwarded).toEqual([]);
  });

  it('is refused for another task, and without a role', async () => {
    expect(await put('{"ProtectionEnabled":true}', stage.other)).toEqual({
      status: 404,
      body: { error: { Code: 'ResourceNotFoundException', Message: 'Failed to find a task for the request' } },
    });
    stage.lives = [lifeOf('bridge', { definition: { taskRoleArn: '' } })];
    expect(await get(protectionOf())).toEqual({
      status: 403,
      body: {
        error: {
          Arn: taskArn(),
          Code: 'AccessDeniedException',
          Message: 'Invalid Request: no task IAM role credentials available for task',
        },
      },
    });
  });

  it('passes on what the API refuses, with its request id', async () => {
    const denied = { __type: 'com.amazonaws.ecs#AccessDeniedException', message: 'not authorized' };
    stage.control.answer = () => Promise.resolve(jsonForwarded(400, denied));
    expect(await get(protectionOf())).toEqual({
      status: 400,
      body: {
        requestID: 'request-1',
        error: { Arn: taskArn(), Code: 'AccessDeniedException', Message: 'not authorized' },
      },
    });
    for (const [status, answer] of [
      [200, {}],
      [200, []],
      [500, 'x'],
    ] as const) {
      stage.control.answer = () => Promise.resolve(jsonForwarded(status, answer));
      expect(await get(protectionOf())).toMatchObject({ status: 500, body: { error: { Code: 'ServerException' } } });
    }
  });
});

/** Verifies a forwarded request as the API does. */
async function expectSigned(request: ForwardedRequest, secretAccessKey: string): Promise<void> {
  const raw = { ...request, headers: Object.fromEntries(request.headers), body: Buffer.from(request.body, 'base64') };
  const claim = readClaim({ get: ((name: string) => raw.headers[name.toLowerCase()]) as never, query: {} });
  await verifySignature(raw, claim, secretAccessKey);
}

describe('an unmodified SDK', () => {
  it('finds its keys and calls the API, whose signature holds', async () => {
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', stage.url + credentialsOf());
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    stage.control.answer = () => Promise.resolve(jsonForwarded(200, { clusterArns: ['arn'] }));
    const client = new ECSClient({ endpoint: stage.url, region: 'us-east-1', credentials: defaultProvider() });
    expect(await client.send(new ListClustersCommand({}))).toMatchObject({ clusterArns: ['arn'] });
    client.destroy();
    const { request } = stage.control.forwarded[0]!;
    expect(request.headers).toContainEqual(['host', `127.0.0.1:${stage.port}`]);
    await expectSigned(request, `secret of ${stage.life.plan.taskId}`);
    await expect(expectSigned(request, 'another secret')).rejects.toThrow();
  });
});

describe('a call of the API', () => {
  it('is refused from addresses of nobody, also when the engine lists the address late', async () => {
    stage.caller = undefined;
    expect(await get('/v1/clusters')).toMatchObject({ status: 403, body: { __type: 'AccessDeniedException' } });
    expect(stage.control.forwarded).toEqual([]);
    stage.caller = stage.life.plan.taskId;
    stage.engine.emptyLists = 2;
    expect((await fetch(`${stage.url}/v1/clusters`)).status).toBe(200);
  });

  it('is taken from the host’s own addresses while a task is in the host’s network', async () => {
    stage.addresses = '  |-- 127.0.0.1\n     /32 host LOCAL\n';
    expect(await get('/v1/clusters')).toMatchObject({ status: 403 });
    stage.lives = [...stage.lives, lifeOf('host')];
    expect((await fetch(`${stage.url}/v1/clusters`)).status).toBe(200);
    expect(stage.control.forwarded[0]!.task).toBeUndefined();
  });

  it('says so when the control plane refuses or does not answer', async () => {
    stage.control.refusal = new TaskCallRefused('Streams are not built here.');
    expect(await get('/v1/events')).toEqual({
      status: 403,
      body: { __type: 'AccessDeniedException', message: 'Streams are not built here.' },
    });
    stage.control.refusal = new Error('ECONNREFUSED 10.0.0.1');
    expect(await get('/v1/events')).toEqual({
      status: 503,
      body: { __type: 'ServiceUnavailableException', message: 'The control plane does not answer.' },
    });
  });
});
