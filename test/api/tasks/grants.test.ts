/** What tasks get where nobody has to sign, and how the API answers calls of containers: always by their signatures. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { HttpResponse } from '@smithy/core/protocols';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ForwardedCalls } from '../../../api/forwarded-calls.ts';
import { TaskGrants } from '../../../api/tasks/grants.ts';
import { aTask, newId } from '../../../fixtures/records.ts';
import type { ForwardedAnswer, ForwardedRequest, TaskControl } from '../../../model/task-calls.ts';
import { TEST_PARTITION } from '../../support/store.ts';
import { TEST_SECRETS, withApi } from '../support/api-under-test.ts';
import { allowing, policy, signedCallers } from '../support/signed-callers.ts';

const api = withApi();
const { settings, userWith } = signedCallers(api);

let grants: TaskGrants;
let tasks: TaskControl;
beforeAll(async () => {
  const { store, instanceId: containerInstanceId, forward } = api();
  grants = new TaskGrants({
    ...{ store, partition: TEST_PARTITION, ...TEST_SECRETS, auth: 'loopback', audit: 'on', forward },
    logger: pino({ level: 'silent' }),
  });
  tasks = grants.of({ clusterName: 'default', containerInstanceId });
  await store.changeParameter('word', () =>
    Promise.resolve({
      parameter: {
        ...{ name: 'word', tags: [] },
        versions: [{ version: 1, type: 'String', tier: 'Standard', modifiedAt: 0, modifiedBy: 'a test', labels: [] }],
      },
      added: { version: 1, sealed: TEST_SECRETS.values.sealParameter('hello', 'word', 1) },
    }),
  );
});
afterAll(() => grants.close());

async function held(roles: { readonly taskRoleArn?: string; readonly executionRoleArn?: string } = {}) {
  const { store, instanceId: containerInstanceId } = api();
  const family = `family-${newId()}`;
  const containers = [{ name: 'web', image: 'a', secrets: [{ name: 'WORD', valueFrom: 'word' }] }];
  await store.registerTaskDefinition(
    family,
    (revision) => ({
      ...{ taskDefinitionArn: `arn:${family}`, family, revision, status: 'ACTIVE', registeredAt: 0 },
      ...{ containerDefinitions: containers, ...roles },
    }),
    [],
  );
  const taskId = newId();
  const nothing = { cpu: 0, memoryMiB: 0, ports: [], gpus: 0 };
  const row = {
    taskId,
    family,
    revision: 1,
    containerInstanceId,
    held: nothing,
    ownerWorkflowId: 'service/default/web',
  };
  await store.reserveTasks({ clusterName: 'default', tasks: [aTask(row)] });
  return { clusterName: 'default', taskId };
}

/** Returns the role's name. */
async function aRole(...may: Parameters<typeof allowing>[]): Promise<string> {
  const name = `role-${newId()}`;
  const trustPolicy = policy({
    ...{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  });
  const role = { name, path: '/', id: `AROA${newId()}`, createdAt: 0, tags: [], trustPolicy, maxSessionSeconds: 3_600 };
  await api().store.createRole(role);
  const document = policy(...may.map((each) => allowing(...each)));
  if (may.length > 0) await api().store.putInlinePolicy({ kind: 'role', name }, { name: 'inline', document });
  return name;
}

describe('where nobody signs', () => {
  const hello = { web: { environment: { WORD: 'hello' }, fileEnvironment: {}, logOptions: {} } };

  it('an execution role that is not in IAM reads all secrets, as everybody does', async () => {
    await expect(tasks.secrets(await held({ executionRoleArn: 'none' }))).resolves.toEqual(hello);
  });

  it('one that is in IAM is held to its policies', async () => {
    const denied = tasks.secrets(await held({ executionRoleArn: await aRole() }));
    await expect(denied).rejects.toMatchObject({ name: 'TaskCallRefused' });
    await expect(denied).rejects.toThrow(/not authorized to perform: ssm:GetParameters on resource/);
    const may = await aRole(['ssm:GetParameters']);
    await expect(tasks.secrets(await held({ executionRoleArn: may }))).resolves.toEqual(hello);
  });

  it('a task role that is not in IAM gives no keys', async () => {
    await expect(tasks.credentials(await held({ taskRoleArn: 'none' }))).rejects.toThrow(/unable to assume the role/);
  });
});

/** Sends what an AWS client says through the task's agent. */
const through = (task: Awaited<ReturnType<typeof held>>) => ({
  metadata: { handlerProtocol: 'http/1.1' },
  async handle(request: { method: string; path: string; headers: Record<string, string>; body?: Uint8Array | string }) {
    const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    const body = Buffer.from(request.body ?? '').toString('base64');
    const answer = await tasks.forward(task, { method: request.method, url: request.path, headers, body });
    return {
      response: new HttpResponse({
        statusCode: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: Buffer.from(answer.body, 'base64'),
      }),
    };
  },
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
});

const read = ({ status, body }: ForwardedAnswer) => ({
  status,
  body: JSON.parse(Buffer.from(body, 'base64').toString()) as Record<string, unknown>,
});
const LIST_CLUSTERS: ForwardedRequest = {
  ...{ method: 'POST', url: '/', body: Buffer.from('{}').toString('base64') },
  headers: [
    ['host', 'longshore'],
    ['content-type', 'application/x-amz-json-1.1'],
    ['x-amz-target', 'AmazonEC2ContainerServiceV20141113.ListClusters'],
  ],
};

describe('a call of a container', () => {
  it('is answered by the task role’s policies, from an unmodified SDK', async () => {
    const name = await aRole(['ecs:ListClusters']);
    const task = await held({ taskRoleArn: name });
    const credentials = await tasks.credentials(task);
    const sts = new STSClient({ ...settings(credentials), requestHandler: through(task) as never });
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:sts::${TEST_PARTITION.account}:assumed-role/${name}/${task.taskId}`);
  });

  it('needs a signature, also where the API’s own port asks for none', async () => {
    const unsigned = read(await tasks.forward(await held(), LIST_CLUSTERS));
    expect(unsigned).toMatchObject({
      status: 403,
      body: { __type: expect.stringContaining('MissingAuthenticationToken') },
    });
    await expect(api().ecs.send(new ListClustersCommand({}))).resolves.toHaveProperty('clusterArns');
    const user = await userWith(allowing('ecs:*'));
    const sts = new STSClient({
      ...settings({ ...user, secretAccessKey: 'wrong' }),
      requestHandler: through(await held()) as never,
    });
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toThrow(/signature we calculated does not match/);
  });

  it('may come without a task, and needs a signature all the same', async () => {
    const { status } = await tasks.forward(undefined, LIST_CLUSTERS);
    expect(status).toBe(403);
  });

  it.each(['/v1/events/stream', '/v1/events/stream/?after=1'])('cannot be the stream %s', async (url) => {
    const answer = read(await tasks.forward(await held(), { ...LIST_CLUSTERS, method: 'GET', url }));
    expect(answer).toMatchObject({ status: 400, body: { __type: 'UnsupportedFeatureException' } });
  });

  it.each([
    ['a whole URL', { url: 'http://169.254.169.254/' }, 400],
    ['a large body', { body: 'x'.repeat(1_500_000) }, 413],
    ['a broken method', { method: 'G T' }, 503],
  ])('cannot be %s', async (_what, members, status) => {
    expect(read(await tasks.forward(await held(), { ...LIST_CLUSTERS, ...members })).status).toBe(status);
  });
});

describe('an answer', () => {
  const LARGE = 3 * 1024 * 1024;
  const calls = new ForwardedCalls(
    (request, response) => {
      if (request.url === '/never') return;
      if (request.url === '/large') response.end(Buffer.alloc(LARGE));
      else if (request.url === '/cut')
        response.writeHead(200, { 'content-length': 10 }).write('a', () => response.destroy());
      else {
        const names = Object.keys(request.headers).sort();
        response.setHeader('set-cookie', ['a', 'b']);
        response.end(JSON.stringify({ names, length: request.headers['content-length'], host: request.headers.host }));
      }
    },
    { timeoutMs: 200 },
  );
  afterAll(() => calls.close());
  const get = (
    url: string,
    headers: ForwardedRequest['headers'] = [['host', 'h']],
    body = '',
  ): Promise<ForwardedAnswer> => calls.forward({ method: 'POST', url, headers, body });

  it('has what was said, and of the connection nothing', async () => {
    const said: ForwardedRequest['headers'] = [
      ['host', 'longshore:80'],
      ['x-own', '1'],
      ['content-length', '999'],
      ['transfer-encoding', 'chunked'],
      ['connection', 'upgrade'],
      ['upgrade', 'h2c'],
      ['expect', '100-continue'],
    ];
    const answer = await get('/', said, Buffer.from('abc').toString('base64'));
    expect(read(answer).body).toEqual({
      names: ['connection', 'content-length', 'host', 'x-own'],
      ...{ length: '3', host: 'longshore:80' },
    });
    expect(answer.headers.filter(([name]) => name === 'set-cookie')).toEqual([
      ['set-cookie', 'a'],
      ['set-cookie', 'b'],
    ]);
    expect(answer.headers.map(([name]) => name)).not.toContain('connection');
  });

  it.each([
    ['/never', 503],
    ['/large', 413],
    ['/cut', 503],
  ])('that is none: %s', async (url, status) => expect((await get(url)).status).toBe(status));
});
