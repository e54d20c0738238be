/** One port for every AWS service: which one a request is for, and what a service without a door answers. */
import { GetCallerIdentityCommand, GetFederationTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { cbor } from '@smithy/core/cbor';
import { afterAll, describe, expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';

const api = withApi();
const clients: STSClient[] = [];
afterAll(() => {
  for (const client of clients) client.destroy();
});

function sts(): STSClient {
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  const client = new STSClient({ endpoint: api().url, region: 'us-east-1', credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}

const scope = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=AKID/20261130/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;
const FORM = 'application/x-www-form-urlencoded; charset=utf-8';
const IDENTITY = 'Action=GetCallerIdentity&Version=2011-06-15';

interface Raw {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function send({ method = 'POST', path = '/', headers = {}, body }: Raw) {
  const response = await fetch(`${api().url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, type: response.headers.get('content-type'), bytes, text: bytes.toString() };
}

describe('STS', () => {
  it('tells the JavaScript client who calls', async () => {
    const { $metadata, ...identity } = await sts().send(new GetCallerIdentityCommand({}));
    expect($metadata.httpStatusCode).toBe(200);
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(identity).toEqual({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:root',
      UserId: '123456789012',
    });
  });

  it('refuses what is not built by name', async () => {
    await expect(sts().send(new GetFederationTokenCommand({ Name: 'ada' }))).rejects.toMatchObject({
      name: 'InvalidAction',
      message: 'GetFederationToken is not supported by Longshore yet.',
    });
  });

  it.each([
    ['signed as a form', { headers: { 'content-type': FORM, authorization: scope('sts') }, body: IDENTITY }],
    ['an unsigned form', { headers: { 'content-type': FORM }, body: IDENTITY }],
    ['a URL', { method: 'GET', path: `/?${IDENTITY}` }],
    [
      'a presigned URL',
      { method: 'GET', path: `/?${IDENTITY}&X-Amz-Credential=AKID%2F20261130%2Fus-east-1%2Fsts%2Faws4_request` },
    ],
  ] satisfies [string, Raw][])('answers %s', async (_what, raw) => {
    const { status, type, text } = await send(raw);
    expect([status, type]).toEqual([200, 'text/xml;charset=UTF-8']);
    expect(text).toContain('<Arn>arn:aws:iam::123456789012:root</Arn>');
  });

  it.each([
    ['an unknown action', 'Action=Fly&Version=2011-06-15', 'InvalidAction', 'Could not find operation Fly for version'],
    ['another version', 'Action=GetCallerIdentity&Version=2010-05-08', 'InvalidAction', 'for version 2010-05-08'],
    ['no action', 'Version=2011-06-15', 'InvalidAction', 'The request names no Action'],
    ['a repeated name', `${IDENTITY}&a=1&a=2`, 'MalformedQueryString', 'The parameter a appears twice'],
    ['broken encoding', `${IDENTITY}&a=%zz`, 'MalformedQueryString', 'not percent-encoded'],
    ['an unknown member', `${IDENTITY}&Colour=red`, 'ValidationError', 'Not supported by Longshore yet: Colour'],
    ['text that cannot be stored', `${IDENTITY}&Colour=%00`, 'MalformedQueryString', 'U+0000'],
    ['markup', `Action=%3Cb%3E%26&Version=2011-06-15`, 'InvalidAction', 'operation &lt;b&gt;&amp; for version'],
  ])('refuses %s', async (_what, body, code, message) => {
    const { status, text } = await send({ headers: { 'content-type': FORM, authorization: scope('sts') }, body });
    expect(status).toBe(400);
    expect(text).toContain(`<Type>Sender</Type><Code>${code}</Code>`);
    expect(text).toContain(message);
  });
});

describe('a service that has no door', () => {
  it.each([
    [
      'AWS JSON',
      { headers: { 'x-amz-target': 'Logs_20140328.DescribeLogGroups', authorization: scope('logs') }, body: '{}' },
      { status: 404, type: 'application/x-amz-json-1.1', error: '"__type":"UnknownOperationException"' },
    ],
    [
      'AWS JSON 1.0',
      {
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.ListTables' },
        body: '{}',
      },
      { status: 404, type: 'application/x-amz-json-1.0', error: '"__type":"UnknownOperationException"' },
    ],
    [
      'Query',
      {
        headers: { 'content-type': FORM, authorization: scope('sqs') },
        body: 'Action=ListQueues&Version=2012-11-05',
      },
      { status: 400, type: 'text/xml;charset=UTF-8', error: '<ErrorResponse xmlns="https://sqs' },
    ],
    [
      'an unsigned form',
      { headers: { 'content-type': FORM }, body: 'Action=ListQueues&Version=2012-11-05' },
      { status: 400, type: 'text/xml;charset=UTF-8', error: 'version 2012-11-05 of an API that has ListQueues' },
    ],
    [
      'the Query of EC2',
      {
        headers: { 'content-type': FORM, authorization: scope('ec2') },
        body: 'Action=DescribeVpcs&Version=2016-11-15',
      },
      { status: 400, type: 'text/xml;charset=UTF-8', error: '<Response><Errors><Error><Code>InvalidAction</Code>' },
    ],
    [
      'REST and XML',
      { method: 'GET', path: '/bucket?list-type=2', headers: { authorization: scope('s3') } },
      { status: 400, type: 'text/xml;charset=UTF-8', error: '<Code>InvalidAction</Code>' },
    ],
    [
      'REST and JSON',
      { method: 'GET', path: '/2015-03-31/functions', headers: { authorization: scope('lambda') } },
      { status: 404, type: 'application/x-amz-json-1.1', error: '"__type":"UnknownOperationException"' },
    ],
  ] satisfies [string, Raw, { status: number; type: string; error: string }][])(
    'answers in its own protocol: %s',
    async (_what, raw, { status, type, error }) => {
      const answer = await send(raw);
      expect([answer.status, answer.type]).toEqual([status, type]);
      expect(answer.text).toContain(error);
      expect(answer.text).toContain('Longshore does not serve');
      expect(answer.text).toContain('it serves ecs, sts, iam');
    },
  );

  it('answers in its own protocol: CBOR', async () => {
    const { status, type, bytes } = await send({
      path: '/service/GraniteServiceVersion20100801/operation/ListMetrics',
      headers: { 'smithy-protocol': 'rpc-v2-cbor', authorization: scope('monitoring') },
    });
    expect([status, type]).toEqual([404, 'application/cbor']);
    expect(cbor.deserialize(bytes)).toMatchObject({
      __type: 'UnknownOperationException',
      message: expect.stringContaining('Longshore does not serve monitoring') as string,
    });
  });

  it('is not taken for ECS because its path is like one of the REST routes', async () => {
    const { status, text } = await send({
      method: 'GET',
      path: '/v1/clusters',
      headers: { authorization: scope('kafka') },
    });
    expect(status).toBe(404);
    expect(text).toContain('Longshore does not serve kafka. At this address it serves ecs.');
    const identity = await send({ method: 'GET', path: '/v1/clusters', headers: { authorization: scope('sts') } });
    expect(identity.status).toBe(404);
  });
});

it('says what is missing from a request that names no operation', async () => {
  const { status, text } = await send({ headers: { 'content-type': 'application/json' }, body: '{}' });
  expect(status).toBe(404);
  expect(text).toMatch(
    /Send the header X-Amz-Target: AmazonEC2ContainerServiceV20141113\.<operation> or .*CloudTrail_20131101\./,
  );
});
