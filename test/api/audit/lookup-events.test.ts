/** LookupEvents and GET /v1/audit on loopback, where every caller is root: by the SDK, boto3 and the AWS CLI. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  CloudTrailClient,
  LookupEventsCommand,
  type LookupEventsCommandInput,
  paginateLookupEvents,
} from '@aws-sdk/client-cloudtrail';
import { CreateClusterCommand, DeleteClusterCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../model/audit.ts';
import { pythonEnvironment } from '../../../tools/python.ts';
import { withApi } from '../support/api-under-test.ts';

const api = withApi();
const arnOf = (name: string) => `arn:aws:ecs:us-east-1:123456789012:cluster/${name}`;
const environment = () => ({
  AWS_ENDPOINT_URL: api().url,
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'longshore',
  AWS_SECRET_ACCESS_KEY: 'longshore',
});

let cloudtrail: CloudTrailClient;
const lookup = (input: LookupEventsCommandInput = {}) => cloudtrail.send(new LookupEventsCommand(input));
const by = (AttributeKey: string, AttributeValue: string) =>
  lookup({ LookupAttributes: [{ AttributeKey: AttributeKey as 'EventName', AttributeValue }] });
const names = async (answer: ReturnType<typeof lookup>) =>
  ((await answer).Events ?? []).map(({ EventName }) => EventName);

const CLUSTERS = ['one', 'two', 'three'];
beforeAll(async () => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  cloudtrail = new CloudTrailClient({ endpoint: api().url, region: 'us-east-1', credentials, maxAttempts: 1 });
  for (const clusterName of CLUSTERS) await api().ecs.send(new CreateClusterCommand({ clusterName }));
  await api().ecs.send(new DeleteClusterCommand({ cluster: 'three' }));
  await api()
    .ecs.send(new DeleteClusterCommand({ cluster: 'none' }))
    .catch(() => undefined);
});
afterAll(() => cloudtrail.destroy());

describe('LookupEvents', () => {
  it('answers with the newest first, in CloudTrail’s form', async () => {
    const { Events = [], NextToken } = await lookup({ MaxResults: 2 });
    expect(Events.map(({ EventName }) => EventName)).toEqual(['DeleteCluster', 'DeleteCluster']);
    expect(NextToken).toBeDefined();
    const [refused, deleted] = Events;
    expect(deleted).toMatchObject({
      ...{ EventSource: 'ecs.amazonaws.com', ReadOnly: 'false', Username: 'root', EventTime: expect.any(Date) as Date },
      Resources: [{ ResourceType: 'AWS::ECS::Cluster', ResourceName: arnOf('three') }],
    });
    const event = JSON.parse(deleted!.CloudTrailEvent!) as AuditEvent;
    expect(event).toMatchObject({
      userIdentity: { type: 'Root' },
      requestParameters: { cluster: 'three' },
      eventID: deleted?.EventId,
    });
    expect(event.userIdentity.accessKeyId).toBeUndefined();
    expect(JSON.parse(refused!.CloudTrailEvent!)).toMatchObject({ errorCode: 'ClusterNotFoundException' });
  });

  it('pages through everything once', async () => {
    const found: (string | undefined)[] = [];
    for await (const { Events = [] } of paginateLookupEvents({ client: cloudtrail, pageSize: 2 }, {})) {
      found.push(...Events.map(({ EventId }) => EventId));
    }
    expect(found).toHaveLength(5);
    expect(new Set(found).size).toBe(5);
  });

  it.each([
    ['EventName', 'DeleteCluster', 2],
    ['EventName', 'RunTask', 0],
    ['EventSource', 'ecs.amazonaws.com', 5],
    ['EventSource', 'iam.amazonaws.com', 0],
    ['ReadOnly', 'false', 5],
    ['ReadOnly', 'true', 0],
    ['ResourceName', arnOf('three'), 2],
    ['ResourceName', 'three', 2],
    ['ResourceType', 'AWS::ECS::Cluster', 5],
    ['Username', 'root', 5],
    ['Username', 'ada', 0],
    ['AccessKeyId', 'AKIAAAAAAAAAAAAAAAAA', 0],
    ['EventId', '00000000-0000-4000-8000-000000000000', 0],
    ['EventId', 'nothing', 0],
  ])('finds by %s %s', async (key, value, count) => {
    expect((await by(key, value)).Events).toHaveLength(count);
  });

  it('finds by the id of an event', async () => {
    const { Events = [] } = await lookup({ MaxResults: 1 });
    expect((await by('EventId', Events[0]!.EventId!)).Events).toEqual(Events);
  });

  it('finds by time', async () => {
    const soon = new Date(Date.now() + 60_000);
    const ago = new Date(Date.now() - 600_000);
    expect(await names(lookup({ StartTime: ago, EndTime: soon }))).toHaveLength(5);
    expect(await names(lookup({ StartTime: soon }))).toEqual([]);
    expect(await names(lookup({ EndTime: ago }))).toEqual([]);
  });

  it.each([
    ['InvalidMaxResultsException', { MaxResults: 51 }],
    ['InvalidMaxResultsException', { MaxResults: 0 }],
    ['InvalidTimeRangeException', { StartTime: new Date(2_000), EndTime: new Date(1_000) }],
    ['InvalidNextTokenException', { NextToken: 'x' }],
    ['InvalidEventCategoryException', { EventCategory: 'insight' as const }],
    ['InvalidEventCategoryException', { EventCategory: 'management' as 'insight' }],
    [
      'InvalidLookupAttributesException',
      { LookupAttributes: [{ AttributeKey: 'Color' as 'EventName', AttributeValue: 'x' }] },
    ],
    [
      'InvalidLookupAttributesException',
      { LookupAttributes: [{ AttributeKey: 'ReadOnly' as const, AttributeValue: 'x' }] },
    ],
    [
      'InvalidLookupAttributesException',
      { LookupAttributes: [{ AttributeKey: 'EventName' as const, AttributeValue: '' }] },
    ],
    [
      'InvalidLookupAttributesException',
      {
        LookupAttributes: [
          { AttributeKey: 'EventName' as const, AttributeValue: 'x' },
          { AttributeKey: 'Username' as const, AttributeValue: 'x' },
        ],
      },
    ],
  ])('refuses with %s: %j', async (name, input) => {
    await expect(lookup(input)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });

  it('refuses a token of another lookup', async () => {
    const { NextToken } = await lookup({ MaxResults: 1 });
    const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'DeleteCluster' }];
    await expect(lookup({ NextToken, LookupAttributes })).rejects.toThrow(/not of this lookup/);
  });

  it('is the only operation, and the others are refused by name', async () => {
    const { DescribeTrailsCommand } = await import('@aws-sdk/client-cloudtrail');
    await expect(cloudtrail.send(new DescribeTrailsCommand({}))).rejects.toMatchObject({
      name: 'UnsupportedFeatureException',
      message: 'DescribeTrails is not supported by Longshore yet.',
    });
  });
});

describe('unmodified clients', () => {
  it('boto3 pages, the AWS CLI filters', async () => {
    const python = await pythonEnvironment();
    const script = `import boto3, json
pages = boto3.client('cloudtrail').get_paginator('lookup_events').paginate(PaginationConfig={'PageSize': 2})
print(json.dumps([event['EventName'] for page in pages for event in page['Events']]))`;
    const run = promisify(execFile);
    const cli =
      'cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=two --output json';
    const [boto3, aws] = await Promise.all([
      run(python.program('python'), ['-c', script], { env: environment() }),
      run(python.program('aws'), cli.split(' '), { env: environment() }),
    ]);
    expect(JSON.parse(boto3.stdout)).toEqual([
      'DeleteCluster',
      'DeleteCluster',
      ...CLUSTERS.map(() => 'CreateCluster'),
    ]);
    const { Events } = JSON.parse(aws.stdout) as { Events: { EventName: string; CloudTrailEvent: string }[] };
    expect(Events.map(({ EventName }) => EventName)).toEqual(['CreateCluster']);
    expect(JSON.parse(Events[0]!.CloudTrailEvent)).toMatchObject({
      userAgent: expect.stringContaining('aws-sdk-js') as string,
    });
  });
});

describe('GET /v1/audit', () => {
  const get = async (query: string) => {
    const response = await fetch(`${api().url}/v1/audit?${query}`);
    return {
      status: response.status,
      body: (await response.json()) as { events: AuditEvent[]; nextToken?: string; message?: string },
    };
  };
  const found = async (query: string) => (await get(query)).body.events.map(({ eventName }) => eventName);

  it.each([
    ['', 5],
    ['user=root', 5],
    ['user=ada', 0],
    ['eventName=CreateCluster&resource=two', 1],
    ['eventSource=ecs.amazonaws.com&errorsOnly=true', 1],
    ['errorsOnly=false&limit=2', 2],
    ['resourceType=AWS::ECS::Cluster', 5],
    ['accessKeyId=AKIAAAAAAAAAAAAAAAAA', 0],
    [`until=${Math.floor(Date.now() / 1000) - 600}`, 0],
    [`since=${new Date(Date.now() - 600_000).toISOString()}`, 5],
  ])('%s finds %i', async (query, count) => {
    expect(await found(query)).toHaveLength(count);
  });

  it('pages with a token that is good for the same filters only', async () => {
    const { body } = await get('limit=3');
    const rest = await get(`limit=3&nextToken=${body.nextToken}`);
    expect([...body.events, ...rest.body.events]).toHaveLength(5);
    expect(rest.body.nextToken).toBeUndefined();
    expect((await get(`user=root&nextToken=${body.nextToken}`)).status).toBe(400);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'since=soon',
    'since=2&until=1',
    'requestId=x',
    'errorsOnly=1',
    'color=red',
    'user=a&user=b',
  ])('refuses %s', async (query) => {
    const { status, body } = await get(query);
    expect(status, body.message).toBe(400);
  });
});
