/** AWS JSON: the answers to malformed requests. */
import { describe, expect, it } from 'vitest';
import { ecsCatalogue } from '../../../api/ecs/catalogue.ts';
import { ecsDoor } from '../../../api/ecs/door.ts';
import { withApi } from '../support/api-under-test.ts';

const api = withApi();
const PREFIX = 'AmazonEC2ContainerServiceV20141113.';

interface RawCall {
  readonly target?: string;
  readonly body?: string;
  readonly contentType?: string;
}

async function post({ target = 'ListClusters', body = '{}', contentType = 'application/x-amz-json-1.1' }: RawCall) {
  const response = await fetch(api().url, {
    method: 'POST',
    headers: { 'content-type': contentType, 'x-amz-target': PREFIX + target },
    body,
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe('POST /', () => {
  it('answers with the content type and a request id', async () => {
    const { status, headers, body } = await post({});
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toEqual({ clusterArns: [expect.stringContaining('cluster/default') as string] });
  });

  it.each(['application/x-amz-json-1.0', 'application/json', 'application/x-amz-json-1.1; charset=utf-8'])(
    'accepts %s',
    async (contentType) => expect((await post({ contentType })).status).toBe(200),
  );

  it('treats an empty body as an empty request', async () => expect((await post({ body: '' })).status).toBe(200));

  const refused: readonly (readonly [string, RawCall, readonly [number, string], string | RegExp])[] = [
    [
      'an unknown operation',
      { target: 'Fly' },
      [404, 'UnknownOperationException'],
      "The ECS API has no operation 'Fly'.",
    ],
    ['the name of an inherited member', { target: 'constructor' }, [404, 'UnknownOperationException'], /constructor/],
    ['a wrong content type', { contentType: 'text/xml' }, [404, 'UnknownOperationException'], /text\/xml/],
    ['bad JSON', { body: '{"a":' }, [400, 'SerializationException'], /^The body of the request is not JSON/],
    ['a body that is a list', { body: '[]' }, [400, 'SerializationException'], /must be a JSON object/],
    ['a body that is null', { body: 'null' }, [400, 'SerializationException'], /must be a JSON object/],
    ['an oversize body', { body: ' '.repeat(2 ** 21) }, [413, 'RequestEntityTooLargeException'], /too large/],
  ];
  it.each(refused)('refuses %s', async (_what, call, [status, code], message) => {
    const answer = await post(call);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-amzn-requestid')).toBeTruthy();
    expect(answer.body).toEqual({
      __type: code,
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    });
  });

  it('knows the 88 operations; the ones not built say so', async () => {
    expect(ecsCatalogue.names).toHaveLength(88);
    const missing = ecsCatalogue.names.filter((name) => !ecsDoor.operations.has(name));
    expect(missing).toContain('ExecuteCommand');
    for (const target of missing) {
      const { status, body } = await post({ target });
      expect(status).toBe(400);
      expect(body).toEqual({
        __type: 'UnsupportedFeatureException',
        message: `${target} is not supported by Longshore yet.`,
      });
    }
  });

  const wrong: readonly (readonly [target: string, body: string, code: string, message: string])[] = [
    [
      'ListClusters',
      '{"maxResults":"ten"}',
      'SerializationException',
      'maxResults: STRING_VALUE can not be converted to an Integer',
    ],
    [
      'ListClusters',
      '{"maxResults":1.5}',
      'SerializationException',
      'maxResults: DECIMAL_VALUE can not be converted to an Integer',
    ],
    [
      'ListClusters',
      '{"maxResults":true}',
      'SerializationException',
      'maxResults: TRUE_VALUE can not be converted to an Integer',
    ],
    [
      'ListClusters',
      '{"maxResults":99999999999}',
      'SerializationException',
      'maxResults: NUMBER_VALUE can not be converted to an Integer',
    ],
    [
      'ListClusters',
      '{"maxResults":"007"}',
      'SerializationException',
      'maxResults: STRING_VALUE can not be converted to an Integer',
    ],
    [
      'ListClusters',
      '{"maxResults":[1]}',
      'SerializationException',
      'maxResults: Start of list found where not expected',
    ],
    [
      'ListClusters',
      '{"nextToken":7}',
      'SerializationException',
      'nextToken: NUMBER_VALUE can not be converted to a String',
    ],
    [
      'ListClusters',
      '{"nextToken":{}}',
      'SerializationException',
      'nextToken: Start of structure or map found where not expected.',
    ],
    [
      'DescribeClusters',
      '{"clusters":"default"}',
      'SerializationException',
      'clusters: STRING_VALUE found where a list or structure belongs',
    ],
    [
      'DescribeClusters',
      '{"clusters":[null]}',
      'SerializationException',
      'clusters[0]: NULL_VALUE can not be converted to a String',
    ],
    [
      'DescribeClusters',
      '{"include":["COLORS"]}',
      'InvalidParameterException',
      'include[0] should be one of [ATTACHMENTS,CONFIGURATIONS,SETTINGS,STATISTICS,TAGS]',
    ],
    [
      'ListTasks',
      '{"launchType":"MOON"}',
      'InvalidParameterException',
      'launch type should be one of [EC2,FARGATE,EXTERNAL]',
    ],
    ['DescribeTasks', '{}', 'InvalidParameterException', 'Tasks cannot be empty.'],
    ['DescribeTasks', '{"tasks":null}', 'InvalidParameterException', 'Tasks cannot be empty.'],
    ['DeleteCluster', '{}', 'InvalidParameterException', 'cluster can not be empty.'],
    ['RegisterTaskDefinition', '{"containerDefinitions":[]}', 'ClientException', 'Family should not be null or empty.'],
    [
      'RegisterTaskDefinition',
      '{"family":"a","containerDefinitions":[{"memory":"1e2"}]}',
      'SerializationException',
      'containerDefinitions[0].memory: STRING_VALUE can not be converted to an Integer',
    ],
    [
      'RegisterTaskDefinition',
      '{"family":"a","networkMode":"wifi","containerDefinitions":[]}',
      'ClientException',
      'networkMode should be one of [awsvpc,bridge,host,none]',
    ],
  ];
  it.each(wrong)('refuses %s %s', async (target, body, code, message) => {
    const answer = await post({ target, body });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ __type: code, message });
  });

  it('treats nulls as absent and decimal strings as integers', async () => {
    const { status } = await post({ body: '{"maxResults":"5","nextToken":null,"colour":null}' });
    expect(status).toBe(200);
  });

  it('refuses unknown members by name', async () => {
    const { status, body } = await post({ body: '{"maxResults":5,"colour":"red"}' });
    expect(status).toBe(400);
    expect(body).toEqual({
      __type: 'UnsupportedFeatureException',
      message: 'Not supported by Longshore yet: colour. Leave it out of the request.',
    });
  });

  it.each([
    ['https://example.com', 400],
    ['http://localhost.example.com', 400],
    ['null', 400],
    ['http://localhost:7878', 200],
    ['http://127.0.0.1:7878', 200],
  ])('answers a page of %s with %d', async (origin, status) => {
    const response = await fetch(api().url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-amz-target': `${PREFIX}ListClusters`, origin },
      body: '{}',
    });
    expect(response.status).toBe(status);
    if (status !== 200) expect(await response.json()).toMatchObject({ __type: 'AccessDeniedException' });
  });

  it('accepts any credentials, signed for any region', async () => {
    const response = await fetch(api().url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `${PREFIX}ListClusters`,
        authorization: 'AWS4-HMAC-SHA256 Credential=nobody/20260101/eu-west-3/ecs/aws4_request, Signature=00',
      },
      body: '{}',
    });
    expect(response.status).toBe(200);
  });
});
