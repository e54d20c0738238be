/** What is on record of which call, where callers must sign: over every door and Longshore's own routes. */
import * as ecs from '@aws-sdk/client-ecs';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, it } from 'vitest';
import { HIDDEN } from '../../../api/audit/masking.ts';
import { openApiDocument } from '../../../api/rest/openapi.ts';
import { REST_ROUTES } from '../../../api/rest/routes.ts';
import { signedHeaders } from '../../../cli/signed-headers.ts';
import type { AuditEvent, AuditRecord } from '../../../model/audit.ts';
import { withApi } from '../support/api-under-test.ts';
import { ACCOUNT } from '../support/iam-calls.ts';
import { allowing, type Credentials, signedCallers, trusting } from '../support/signed-callers.ts';

const api = withApi({ auth: 'required' });
const { userWith, keyOf, roleWith, settings } = signedCallers(api);
const CANARY = 'c4n4ry-in-a-coal-mine';

let root: Credentials;
beforeAll(async () => {
  root = await keyOf(undefined);
});

const all = async (): Promise<readonly AuditRecord[]> => (await api().store.listAudit({}, { limit: 1_000 })).items;

/** The records that the calls leave, in their order. Calls may be refused. */
async function eventsOf(...calls: readonly (() => Promise<unknown>)[]): Promise<readonly AuditEvent[]> {
  const latest = async () => (await api().store.listAudit({}, { limit: 5 })).items.map(({ event }) => event);
  const known = new Set((await latest()).map(({ eventID }) => eventID));
  const found: AuditEvent[] = [];
  for (const call of calls) {
    await call().catch(() => undefined);
    const fresh = (await latest()).filter(({ eventID }) => !known.has(eventID));
    for (const event of fresh) known.add(event.eventID);
    found.push(...fresh);
  }
  return found;
}

const ecsOf = (credentials: Credentials = root) => new ecs.ECSClient(settings(credentials));
const iamOf = (credentials: Credentials = root) => new IAMClient(settings(credentials));
const stsOf = (credentials: Credentials) => new STSClient(settings(credentials));

/** A signed call of one of the REST routes. The signer of the commands signs no body, and so must the call have none. */
async function rest(method: string, path: string, credentials: Credentials = root): Promise<Response> {
  const url = api().url + path;
  const headers = await signedHeaders(url, { headers: {}, credentials, region: 'us-east-1', method });
  return fetch(url, { method, headers });
}

describe('a record', () => {
  it('has CloudTrail’s form', async () => {
    const user = await userWith(allowing('ecs:*'));
    const [event, ...more] = await eventsOf(() =>
      ecsOf(user).send(new ecs.CreateClusterCommand({ clusterName: 'form', tags: [{ key: 'team', value: 'red' }] })),
    );
    expect(more).toEqual([]);
    const arn = `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/form`;
    expect(event).toEqual({
      eventVersion: '1.11',
      userIdentity: {
        type: 'IAMUser',
        principalId: expect.stringMatching(/^AIDA/) as string,
        arn: `arn:aws:iam::${ACCOUNT}:user/${user.name}`,
        accountId: ACCOUNT,
        accessKeyId: user.accessKeyId,
        userName: user.name,
      },
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      eventSource: 'ecs.amazonaws.com',
      eventName: 'CreateCluster',
      awsRegion: 'us-east-1',
      sourceIPAddress: '127.0.0.1',
      userAgent: expect.stringContaining('aws-sdk-js') as string,
      requestParameters: { clusterName: 'form', tags: [{ key: 'team', value: 'red' }] },
      responseElements: { cluster: expect.objectContaining({ clusterArn: arn, status: 'ACTIVE' }) as object },
      requestID: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      eventID: event!.requestID,
      readOnly: false,
      resources: [{ ARN: arn, accountId: ACCOUNT, type: 'AWS::ECS::Cluster' }],
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: ACCOUNT,
      eventCategory: 'Management',
    });
  });

  it('has the request id that the caller got, and is written before the answer', async () => {
    const response = await rest('DELETE', '/v1/clusters/nothing');
    const id = response.headers.get('x-amzn-requestid')!;
    const { items } = await api().store.listAudit({ requestId: id }, { limit: 1 });
    expect(items[0]?.event).toMatchObject({ eventName: 'DeleteCluster', errorCode: 'ClusterNotFoundException' });
  });

  it('tells root, users, sessions of roles and unknown callers apart', async () => {
    const may = [allowing('sts:AssumeRole'), allowing('ecs:*')];
    const user = await userWith(...may);
    const role = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`)], may: [allowing('ecs:*')] });
    const { Credentials: given } = await stsOf(user).send(
      new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'deploy' }),
    );
    const session = {
      ...{ accessKeyId: given!.AccessKeyId!, secretAccessKey: given!.SecretAccessKey! },
      sessionToken: given!.SessionToken!,
    };
    const change = (credentials: Credentials) => () =>
      ecsOf(credentials).send(new ecs.TagResourceCommand({ resourceArn: 'x', tags: [] }));
    const nobody = { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 's' };
    const events = await eventsOf(change(root), change(user), change(session), change(nobody));
    expect(events.map(({ userIdentity }) => userIdentity)).toMatchObject([
      { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accessKeyId: root.accessKeyId },
      { type: 'IAMUser', userName: user.name },
      {
        type: 'AssumedRole',
        arn: role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/') + '/deploy',
        principalId: expect.stringMatching(/^AROA\w+:deploy$/) as string,
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: role, userName: role.split('/')[1] },
          attributes: { mfaAuthenticated: 'false', creationDate: expect.stringMatching(/Z$/) as string },
        },
      },
      { type: 'Unknown', accessKeyId: nobody.accessKeyId },
    ]);
  });
});

describe('what is kept', () => {
  const name = (event: AuditEvent): string =>
    `${event.eventSource.split('.')[0]} ${event.eventName} ${event.errorCode ?? 'ok'} ${event.readOnly ? 'read' : 'change'}`;

  it.each([
    [
      'a change',
      () => ecsOf().send(new ecs.CreateClusterCommand({ clusterName: 'kept' })),
      ['ecs CreateCluster ok change'],
    ],
    [
      'a change that is refused',
      () => ecsOf().send(new ecs.DeleteServiceCommand({ service: 'none' })),
      ['ecs DeleteService ServiceNotFoundException change'],
    ],
    [
      'a change whose shape is wrong',
      () => ecsOf().send(new ecs.CreateClusterCommand({ clusterName: 5 as unknown as string })),
      ['ecs CreateCluster SerializationException change'],
    ],
    [
      'a change that is not built',
      () => ecsOf().send(new ecs.ExecuteCommandCommand({ command: 'a', interactive: true, task: 'a' })),
      ['ecs ExecuteCommand UnsupportedFeatureException change'],
    ],
    ['no read', () => ecsOf().send(new ecs.ListClustersCommand({})), []],
    ['no read that fails', () => ecsOf().send(new ecs.ListTasksCommand({ cluster: 'none' })), []],
    ['a change of IAM', () => iamOf().send(new CreateUserCommand({ UserName: 'kept' })), ['iam CreateUser ok change']],
    ['no read of IAM', () => iamOf().send(new ListUsersCommand({})), []],
    ['no question who one is', () => stsOf(root).send(new GetCallerIdentityCommand({})), []],
    [
      'credentials that are given',
      () => stsOf(root).send(new GetSessionTokenCommand({})),
      ['sts GetSessionToken ok read'],
    ],
    ['a change over REST', () => rest('DELETE', '/v1/clusters/kept'), ['ecs DeleteCluster ok change']],
    ['no read over REST', () => rest('GET', '/v1/clusters'), []],
    [
      'a change of Longshore’s own routes',
      () => rest('DELETE', '/v1/webhooks/none'),
      ['longshore DeleteWebhook ResourceNotFoundException change'],
    ],
    ['no read of Longshore’s own routes', () => rest('GET', '/v1/webhooks'), []],
    ['nothing that does not exist', () => rest('POST', '/v1/nothing'), []],
  ])('is %s', async (_what, call, expected) => {
    expect((await eventsOf(call)).map(name)).toEqual(expected);
  });

  it('is each denial, also of reads, over every protocol', async () => {
    const user = await userWith();
    const denials = await eventsOf(
      () => ecsOf(user).send(new ecs.ListClustersCommand({})),
      () => iamOf(user).send(new ListUsersCommand({})),
      () =>
        stsOf(user).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/x`, RoleSessionName: 'xx' })),
      () => rest('GET', '/v1/clusters', user),
      () => rest('GET', '/v1/events', user),
      () => rest('POST', '/v1/clusters/default/container-instances/x/interruption', user),
    );
    expect(denials.map(name)).toEqual([
      'ecs ListClusters AccessDeniedException read',
      'iam ListUsers AccessDenied read',
      'sts AssumeRole AccessDenied read',
      'ecs ListClusters AccessDeniedException read',
      'longshore ListEvents AccessDeniedException read',
      'longshore InterruptContainerInstance AccessDeniedException change',
    ]);
    expect(denials[0]?.errorMessage).toContain('is not authorized to perform: ecs:ListClusters');
  });

  it('is each failed signature, with what the request names but nothing that it contains', async () => {
    const wrong = { ...root, secretAccessKey: CANARY };
    const failed = await eventsOf(
      () => ecsOf(wrong).send(new ecs.CreateClusterCommand({ clusterName: CANARY })),
      () => iamOf(wrong).send(new ListUsersCommand({})),
      () => rest('GET', '/v1/clusters/default/services/web', wrong),
      () => fetch(`${api().url}/v1/webhooks`, { method: 'POST', body: CANARY }),
      () => fetch(api().url, { method: 'POST', headers: { 'x-amz-target': CANARY } }),
    );
    expect(failed.map(name)).toEqual([
      'ecs CreateCluster InvalidSignatureException change',
      'iam ListUsers SignatureDoesNotMatch read',
      'ecs DescribeServices InvalidSignatureException read',
      'longshore CreateWebhook MissingAuthenticationTokenException change',
      'longshore UnknownOperation MissingAuthenticationTokenException read',
    ]);
    expect(JSON.stringify(failed)).not.toContain(CANARY);
  });
});

describe('every route that changes something', () => {
  const { paths } = openApiDocument() as { paths: Record<string, Record<string, { operationId: string }>> };
  const ofEcs = new Set(REST_ROUTES.map(({ method, path }) => `${method} ${path}`));
  const own = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) =>
      method === 'get' || ofEcs.has(`${method} ${path}`) ? [] : [[method, path, operationId] as const],
    ),
  );

  it.each(own)('%s %s is recorded as %s', async (method, path, operationId) => {
    const url = path.replaceAll(/\{\w+\}/g, 'x');
    const [event, ...more] = await eventsOf(() => rest(method.toUpperCase(), url));
    expect(more).toEqual([]);
    expect(event).toMatchObject({ eventSource: 'longshore', eventName: operationId, readOnly: false });
  });
});

it('no secret of a request or an answer is in the table', async () => {
  const containerDefinitions = [
    { name: 'c', image: 'i', memory: 32, environment: [{ name: 'TOKEN', value: CANARY }] },
    {
      ...{ name: 'd', image: 'i', memory: 32 },
      logConfiguration: { logDriver: 'splunk' as const, options: { 'splunk-token': CANARY } },
    },
  ];
  const wrongDefinitions = [{ name: 'c', image: 'i', environment: [{ name: 'A', value: { nested: CANARY } }] }];
  const overrides = { containerOverrides: [{ name: 'c', environment: [{ name: 'A', value: CANARY }] }] };
  const secrets: string[] = [CANARY];
  await api().store.createUser({ name: 'holder', path: '/', id: 'AIDAHOLDER', createdAt: 0, tags: [] });
  const events = await eventsOf(
    () => ecsOf().send(new ecs.RegisterTaskDefinitionCommand({ family: 'canary', containerDefinitions })),
    () =>
      ecsOf().send(
        new ecs.RegisterTaskDefinitionCommand({ family: 'canary', containerDefinitions: wrongDefinitions as never }),
      ),
    () => ecsOf().send(new ecs.RunTaskCommand({ taskDefinition: 'canary', overrides })),
    () => ecsOf().send(new ecs.RunTaskCommand({ taskDefinition: 'none', overrides })),
    async () => {
      const { AccessKey } = await iamOf().send(new CreateAccessKeyCommand({ UserName: 'holder' }));
      secrets.push(AccessKey!.SecretAccessKey!);
    },
    async () => {
      const { Credentials: given } = await stsOf(root).send(new GetSessionTokenCommand({}));
      secrets.push(given!.SecretAccessKey!, given!.SessionToken!);
    },
  );
  expect(events).toHaveLength(6);
  expect(secrets).toHaveLength(4);
  const text = JSON.stringify(await all());
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).toContain(HIDDEN);
});

it('what is too large is left out, with its size', async () => {
  const containerDefinitions = [
    { name: 'c', image: 'i', memory: 32, command: Array.from({ length: 60 }, () => 'x'.repeat(2_000)) },
  ];
  const [event] = await eventsOf(() =>
    ecsOf().send(new ecs.RegisterTaskDefinitionCommand({ family: 'large', containerDefinitions })),
  );
  expect(event?.requestParameters).toEqual({ omitted: true, originalSize: expect.any(Number) as number });
});
