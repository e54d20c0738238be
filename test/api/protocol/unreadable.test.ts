/** What neither protocol accepts, in any member: text that cannot be stored, and bodies that cannot be read. */
import { request as httpRequest } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';

const api = withApi();

interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: { readonly __type?: string; readonly message?: string };
}

/** Sends bytes unchanged: `fetch` would repair the faults that these tests need. */
function send({ method = 'POST', path = '/', headers = {}, body = '' }: RawRequest): Promise<Answer> {
  const { hostname, port } = new URL(api().url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'],
          body: JSON.parse(Buffer.concat(chunks).toString()) as Answer['body'],
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const call = (operation: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}) =>
  send({
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
      ...headers,
    },
    body,
  });

const ID = '0'.repeat(32);
const refusal = (message: string) => ({ __type: 'SerializationException', message });

describe('text that Postgres cannot hold', () => {
  const cases: readonly (readonly [operation: string, body: string, member: string])[] = [
    ['StopTask', `{"task":"${ID}","reason":"a\\u0000b"}`, 'reason: the text'],
    ['DescribeTasks', '{"tasks":["\\u0000"]}', 'tasks[0]: the text'],
    ['RunTask', '{"taskDefinition":"a","group":"\\u0000"}', 'group: the text'],
    [
      'RunTask',
      '{"taskDefinition":"a","overrides":{"containerOverrides":[{"name":"a","environment":[{"name":"A","value":"\\u0000"}]}]}}',
      'overrides.containerOverrides[0].environment[0].value: the text',
    ],
    ['StartTask', '{"taskDefinition":"a","containerInstances":["\\u0000"]}', 'containerInstances[0]: the text'],
    ['RegisterContainerInstance', '{"attributes":[{"name":"\\u0000"}]}', 'attributes[0].name: the text'],
    [
      'RegisterTaskDefinition',
      '{"family":"a","containerDefinitions":[{"dockerLabels":{"a\\u0000":"b"}}]}',
      'containerDefinitions[0].dockerLabels: the name of a member',
    ],
    ['ListTasks', '{"launchType":"\\u0000"}', 'launchType: the text'],
    ['ListTasks', '{"unknown":{"deep":["\\u0000"]}}', 'unknown.deep[0]: the text'],
    ['ListTasks', '{"\\u0000":1}', 'The body: the name of a member'],
    [
      'CreateService',
      '{"deploymentConfiguration":{"lifecycleHooks":[{"hookDetails":{"a":"\\u0000"}}]}}',
      'deploymentConfiguration.lifecycleHooks[0].hookDetails.a: the text',
    ],
  ];
  it.each(cases)('%s refuses NUL in %s', async (operation, body, member) => {
    const answer = await call(operation, body);
    expect(answer).toEqual({
      status: 400,
      type: 'application/x-amz-json-1.1',
      body: refusal(`${member} holds U+0000, which cannot be stored.`),
    });
  });
  it.each(cases)('%s refuses half of a surrogate pair in %s', async (operation, body, member) => {
    const answer = await call(operation, body.replace('\\u0000', '\\ud800'));
    expect(answer.body).toEqual(refusal(`${member} holds U+D800, half of a surrogate pair, which cannot be stored.`));
  });

  const routes: readonly (readonly [method: string, path: string, body: string])[] = [
    ['GET', '/v1/clusters/a%00b', ''],
    ['GET', '/v1/clusters/default/tasks?startedBy=%00', ''],
    ['GET', '/v1/clusters/default/tasks?%00=a', ''],
    ['DELETE', `/v1/clusters/default/tasks/${ID}?reason=%00`, ''],
    ['POST', '/v1/clusters', '{"clusterName":"\\u0000"}'],
    ['POST', '/v1/webhooks', '{"url":"http://127.0.0.1/","secret":"\\udfff"}'],
    ['POST', '/v1/webhooks', '{"url":"http://127.0.0.1/","pattern":{"\\u0000":["a"]}}'],
    ['GET', '/v1/webhooks?after=%00', ''],
    ['GET', '/v1/webhooks/%00', ''],
    ['PATCH', '/v1/webhooks/a', '{"secret":"\\u0000"}'],
    ['DELETE', '/v1/webhooks/%00', ''],
    ['GET', '/v1/events?resource=%00', ''],
    ['GET', '/v1/events/stream?cluster=%00', ''],
    ['GET', '/v1/why/task/%00', ''],
    ['GET', '/v1/why/service/web?cluster=%00', ''],
    ['POST', '/v1/clusters/default/container-instances/%00/interruption', ''],
    ['GET', '/v1/clusters/default/capacity-providers/%00/demand', ''],
  ];
  it.each(routes)('%s %s %s is refused', async (method, path, body) => {
    const answer = await send({ method, path, body });
    expect(answer).toMatchObject({ status: 400, type: 'application/json', body: { __type: 'SerializationException' } });
    expect(answer.body.message).toMatch(/holds U\+(0000|DFFF)/);
  });

  it('accepts whole surrogate pairs and every other character', async () => {
    expect((await call('ListTasks', '{"startedBy":"\\ud83d\\ude00 \\u0001 \\uffff"}')).status).toBe(200);
    expect((await send({ method: 'GET', path: '/v1/clusters/default/tasks?startedBy=%F0%9F%98%80' })).status).toBe(200);
  });
});

describe('a URL that is not percent-encoded UTF-8', () => {
  it.each([
    '/v1/clusters/%',
    '/v1/clusters/%zz',
    '/v1/clusters/%ff',
    '/v1/clusters/%ED%A0%80',
    '/v1/clusters/default/tasks?startedBy=%e0%a4',
    '/v1/clusters/default/tasks?%=a',
    '/v1/why/task/%c3',
    '/v1/nothing/%',
  ])('GET %s is refused', async (path) => {
    const answer = await send({ method: 'GET', path });
    expect(answer).toMatchObject({ status: 400, type: 'application/json', body: { __type: 'SerializationException' } });
    expect(answer.body.message).toMatch(/ is not percent-encoded UTF-8\.$/);
  });
});

describe('a body that cannot be read', () => {
  const JSON_BODY = Buffer.from(JSON.stringify({ maxResults: 5, nextToken: null }));
  const zipped = gzipSync(JSON_BODY);
  const cases: readonly (readonly [
    what: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
    message: RegExp,
  ])[] = [
    [
      'plain text called gzip',
      { 'content-encoding': 'gzip' },
      JSON_BODY,
      /could not be read as content-encoding 'gzip'/,
    ],
    ['truncated gzip', { 'content-encoding': 'gzip' }, zipped.subarray(0, -9), /could not be read/],
    [
      'corrupt gzip',
      { 'content-encoding': 'gzip' },
      Buffer.concat([zipped.subarray(0, 12), Buffer.alloc(20, 255)]),
      /could not be read/,
    ],
    ['gzip called deflate', { 'content-encoding': 'deflate' }, zipped, /could not be read/],
    ['gzip called brotli', { 'content-encoding': 'br' }, zipped, /could not be read/],
    [
      'an empty body called gzip',
      { 'content-encoding': 'gzip', 'content-length': '1' },
      Buffer.from('x'),
      /could not be read/,
    ],
    [
      'an unknown encoding',
      { 'content-encoding': 'compress' },
      JSON_BODY,
      /could not be read as content-encoding 'compress'/,
    ],
    ['gzip called identity', {}, zipped, /is not UTF-8/],
    ['invalid UTF-8', {}, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /is not UTF-8/],
    ['a surrogate in UTF-8', {}, Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]), /is not UTF-8/],
    ['UTF-16', {}, Buffer.from('{"maxResults":5}', 'utf16le'), /is not JSON/],
    [
      'another charset',
      { 'content-type': 'application/json; charset=latin1' },
      JSON_BODY,
      /charset 'latin1' is not understood/,
    ],
    ['no charset', { 'content-type': 'application/json; charset=' }, JSON_BODY, /charset '' is not understood/],
    ['NaN', {}, Buffer.from('{"maxResults":NaN}'), /is not JSON/],
    ['a number beyond all numbers', {}, Buffer.from('{"maxResults":1e400}'), /^maxResults: the number is too large/],
    ['lists in lists', {}, Buffer.from('['.repeat(400_000) + ']'.repeat(400_000)), /nests deeper than 64 levels/],
    ['objects in objects', {}, Buffer.from('{"a":'.repeat(150_000) + '1' + '}'.repeat(150_000)), /nests deeper than/],
    ['a member called __proto__', {}, Buffer.from('{"__proto__":{"maxResults":5}}'), /is __proto__, which cannot be/],
  ];
  it.each(cases)('%s is refused', async (_what, headers, body, message) => {
    const aws = await call('ListClusters', body, headers);
    expect(aws).toMatchObject({ status: 400, type: 'application/x-amz-json-1.1' });
    expect(aws.body).toEqual(refusal(expect.stringMatching(message) as string));
    const rest = await send({ path: '/v1/clusters', headers, body });
    expect(rest).toMatchObject({ status: 400, type: 'application/json' });
    expect(rest.body).toEqual(refusal(expect.stringMatching(message) as string));
  });

  it.each([
    ['gzip', zipped],
    ['deflate', deflateSync(JSON_BODY)],
    ['GZIP', zipped],
    ['identity', JSON_BODY],
  ])('takes %s', async (encoding, body) => {
    const answer = await call('ListClusters', body, { 'content-encoding': encoding });
    expect(answer).toMatchObject({ status: 200 });
  });

  it('refuses a small body that grows beyond the limit', async () => {
    const answer = await call('ListClusters', gzipSync(' '.repeat(2 ** 22)), { 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 413, body: { __type: 'RequestEntityTooLargeException' } });
  });
});

it('what cannot be read, or is in the wrong place, is quoted neither in the answer nor in the audit', async () => {
  const canary = 'c4n4ry-in-a-coal-mine';
  const form = (body: string) =>
    fetch(api().url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `Action=CreateUser&Version=2010-05-08&${body}`,
    }).then((answer) => answer.text());
  const answers = [
    await call('CreateCluster', `{"clusterName":"${canary}`),
    await call('CreateCluster', `{"clusterName" ${canary}`),
    await call('CreateCluster', canary),
    await call('CreateCluster', `{"settings":"${canary}"}`),
    await send({ path: '/v1/webhooks', body: `{"secret":"${canary}` }),
    await form(`{"${canary}"&{"${canary}"`),
    await form(`UserName=a&UserName.{"${canary}"=b`),
  ];
  // The first body is no form, so nobody knows what it calls.
  const names = ['CreateUser', 'CreateWebhook', ...Array<string>(4).fill('CreateCluster')];
  const { items } = await api().store.listAudit({}, { limit: names.length });
  expect(items.map(({ event }) => event.eventName)).toEqual(names);
  expect(JSON.stringify([answers, items])).not.toContain(canary);
});
