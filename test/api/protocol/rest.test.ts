/** REST: the same operations as resource routes, with fitting statuses. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { ecsCatalogue } from '../../../api/ecs/catalogue.ts';
import { operations } from '../../../api/ecs/operations/index.ts';
import { REST_ROUTES } from '../../../api/rest/routes.ts';
import { withApi } from '../support/api-under-test.ts';

const api = withApi();

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(api().url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const DEFINITION = { family: 'rest', containerDefinitions: [{ name: 'app', image: 'app:1', memory: 64 }] };

describe('REST routes', () => {
  it('creates, shows, changes, lists and deletes a cluster', async () => {
    const created = await call('POST', '/v1/clusters', { clusterName: 'rest' });
    expect(created).toMatchObject({ status: 201, body: { cluster: { clusterName: 'rest', status: 'ACTIVE' } } });
    const settings = [{ name: 'containerInsights', value: 'enabled' }];
    expect((await call('PATCH', '/v1/clusters/rest/settings', { settings })).status).toBe(200);
    const shown = await call('GET', '/v1/clusters/rest?include=SETTINGS&include=TAGS');
    expect(shown).toMatchObject({ status: 200, body: { clusterName: 'rest', settings, tags: [] } });
    const byArn = await call('GET', `/v1/clusters/${encodeURIComponent(String(shown.body['clusterArn']))}`);
    expect(byArn.body).toMatchObject({ clusterName: 'rest' });
    expect((await call('GET', '/v1/clusters?maxResults=1')).body).toHaveProperty('nextToken');
    expect(await call('DELETE', '/v1/clusters/rest')).toMatchObject({
      status: 200,
      body: { cluster: { status: 'INACTIVE' } },
    });
  });

  it('registers, shows and deregisters a task definition', async () => {
    const { status, body } = await call('POST', '/v1/task-definitions', DEFINITION);
    expect({ status, body }).toMatchObject({ status: 201, body: { taskDefinition: { family: 'rest', revision: 1 } } });
    expect((await call('GET', '/v1/task-definitions/rest')).body).toMatchObject({ taskDefinition: { revision: 1 } });
    expect((await call('DELETE', '/v1/task-definitions/rest:1')).body).toMatchObject({
      taskDefinition: { status: 'INACTIVE' },
    });
    expect((await call('GET', '/v1/task-definition-families?status=INACTIVE')).body).toEqual({ families: ['rest'] });
  });

  it('tags by ARN', async () => {
    const path = `/v1/tags/${encodeURIComponent('arn:aws:ecs:us-east-1:123456789012:cluster/default')}`;
    expect(
      (
        await call('POST', path, {
          tags: [
            { key: 'a', value: '1' },
            { key: 'b', value: '2' },
          ],
        })
      ).status,
    ).toBe(200);
    expect((await call('DELETE', `${path}?tagKeys=a`)).status).toBe(200);
    expect((await call('GET', path)).body).toEqual({ tags: [{ key: 'b', value: '2' }] });
  });

  it('shows, drains and lists a container instance', async () => {
    const path = `/v1/clusters/default/container-instances/${api().instanceId}`;
    expect((await call('GET', path)).body).toMatchObject({ status: 'ACTIVE' });
    expect((await call('PATCH', path, { status: 'DRAINING' })).body).toMatchObject({ status: 'DRAINING' });
    expect((await call('PATCH', path, { status: 'ACTIVE' })).status).toBe(200);
    expect((await call('GET', '/v1/clusters/default/container-instances')).body['containerInstanceArns']).toHaveLength(
      1,
    );
  });

  const refused: readonly (readonly [
    method: string,
    path: string,
    body: unknown,
    answer: readonly [number, string],
  ])[] = [
    ['GET', '/v1/clusters/none', undefined, [404, 'ClusterNotFoundException']],
    ['GET', '/v1/clusters/none/tasks', undefined, [404, 'ClusterNotFoundException']],
    ['GET', '/v1/clusters/default/services/none', undefined, [404, 'ServiceNotFoundException']],
    ['GET', `/v1/clusters/default/tasks/${'0'.repeat(32)}`, undefined, [404, 'ResourceNotFoundException']],
    [
      'GET',
      `/v1/clusters/default/container-instances/${'0'.repeat(32)}`,
      undefined,
      [404, 'ResourceNotFoundException'],
    ],
    ['GET', '/v1/task-definitions/none', undefined, [404, 'ClientException']],
    ['DELETE', `/v1/clusters/default/tasks/${'0'.repeat(32)}`, undefined, [404, 'InvalidParameterException']],
    ['DELETE', '/v1/clusters/default', undefined, [409, 'ClusterContainsContainerInstancesException']],
    ['GET', '/v1/clusters?maxResults=0', undefined, [400, 'InvalidParameterException']],
    ['GET', '/v1/clusters?maxResults=many', undefined, [400, 'SerializationException']],
    ['POST', '/v1/clusters', { serviceConnectDefaults: { namespace: 'a' } }, [501, 'UnsupportedFeatureException']],
    ['POST', '/v1/clusters', [], [400, 'SerializationException']],
    ['GET', '/v1/nothing', undefined, [404, 'UnknownOperationException']],
    ['PUT', '/v1/clusters', undefined, [404, 'UnknownOperationException']],
  ];
  it.each(refused)('%s %s is refused', async (method, path, body, [status, code]) => {
    expect(await call(method, path, body)).toMatchObject({ status, body: { __type: code } });
  });

  it('routes every implemented operation, and only operations that exist', () => {
    const routed = new Set(REST_ROUTES.map(({ operation }) => operation));
    expect(operations.map(({ name }) => name).filter((name) => !routed.has(name))).toEqual([]);
    expect([...routed].filter((name) => !ecsCatalogue.names.includes(name))).toEqual([]);
  });
});

describe('GET /openapi.json', () => {
  it('is a valid OpenAPI 3.1 document with every route', async () => {
    const { status, body } = await call('GET', '/openapi.json');
    expect(status).toBe(200);
    const validator = new Validator();
    expect(await validator.validate(body)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    for (const { path, method } of REST_ROUTES) expect(body['paths']).toHaveProperty([path, method]);
  });

  it('describes requests and answers by the API’s shapes', async () => {
    const { body } = await call('GET', '/openapi.json');
    const { components } = body;
    expect(components).toMatchObject({
      schemas: {
        Cluster: { properties: { clusterName: { type: 'string' }, runningTasksCount: { type: 'integer' } } },
        RuntimePlatform: { properties: { cpuArchitecture: { enum: ['ARM64', 'X86_64'] } } },
      },
    });
  });
});
