/** The /v1/webhooks routes. */
import { describe, expect, it } from 'vitest';
import { withApi } from './support/api-under-test.ts';

const api = withApi();

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${api().url}/v1/webhooks${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

const PATTERN = { 'detail-type': ['ECS Task State Change'], detail: { lastStatus: ['STOPPED'] } };

describe('/v1/webhooks', () => {
  it('creates, shows, changes and deletes a webhook, and never shows its secret', async () => {
    const made = await call('POST', '', { url: 'http://example.com/hook', pattern: PATTERN, secret: 'hush' });
    expect(made.status).toBe(201);
    const id = String(made.body['webhookId']);
    const horizon = String(await api().store.eventHorizon());
    expect(made.body).toEqual({
      webhookId: id,
      url: 'http://example.com/hook',
      pattern: PATTERN,
      status: 'ENABLED',
      hasSecret: true,
      createdAt: expect.any(Number),
      updatedAt: made.body['createdAt'],
      delivery: { position: horizon, delivered: 0, dropped: 0, failures: 0 },
    });
    expect(await call('GET', `/${id}`)).toEqual({ status: 200, body: made.body });
    expect((await call('GET', '')).body).toEqual({ webhooks: [made.body] });
    const changes = { url: 'https://example.com', pattern: null, secret: null, status: 'DISABLED' };
    const changed = await call('PATCH', `/${id}`, changes);
    expect(changed.body).toMatchObject({ url: 'https://example.com/', status: 'DISABLED', hasSecret: false });
    expect(changed.body).not.toHaveProperty('pattern');
    expect((await call('PATCH', `/${id}`, {})).body).toMatchObject({ url: 'https://example.com/', status: 'DISABLED' });
    expect((await call('DELETE', `/${id}`)).status).toBe(200);
    expect((await call('GET', '')).body).toEqual({ webhooks: [] });
    expect(JSON.stringify([made, changed])).not.toContain('hush');
  });

  it('refuses a change of the url to an address that is not allowed, and changes nothing', async () => {
    const { body } = await call('POST', '', { url: 'http://127.0.0.1:9000/hook' });
    const id = String(body['webhookId']);
    const changed = await call('PATCH', `/${id}`, { url: 'http://[fd00:ec2::254]/', status: 'DISABLED' });
    expect(changed).toMatchObject({ status: 400, body: { __type: 'InvalidParameterException' } });
    expect((await call('GET', `/${id}`)).body).toEqual(body);
    await call('DELETE', `/${id}`);
  });

  it.each(['GET', 'PATCH', 'DELETE'])('%s of an unknown webhook is refused', async (method) => {
    const { status, body } = await call(method, '/none', method === 'PATCH' ? {} : undefined);
    expect({ status, ...body }).toMatchObject({ status: 404, __type: 'ResourceNotFoundException' });
  });

  it.each([
    [{}, /A webhook needs a url/],
    [[], /A webhook is an object/],
    [{ url: 'ftp://example.com' }, /http or https/],
    [{ url: 'not a url' }, /http or https/],
    [{ url: 'http://user:pass@example.com' }, /must not hold credentials/],
    [
      { url: 'http://169.254.169.254/latest/meta-data' },
      /url is not allowed\. Longshore does not call 169\.254\.169\.254/,
    ],
    [{ url: 'http://2852039166/' }, /url is not allowed\. Longshore does not call 169\.254\.169\.254/],
    [{ url: 'http://[fe80::1]:8080/' }, /url is not allowed\. Longshore does not call fe80::1/],
    [{ url: 'http://example.com', secret: '' }, /secret must be/],
    [{ url: 'http://example.com', status: 'ON' }, /status must be/],
    [{ url: 'http://example.com', pattern: { source: 'aws.ecs' } }, /pattern\.source must be an object/],
    [{ url: 'http://example.com', filter: {} }, /has no member filter/],
  ])('refuses %j', async (body, message) => {
    const answer = await call('POST', '', body);
    expect(answer).toMatchObject({ status: 400, body: { __type: 'InvalidParameterException' } });
    expect(answer.body['message']).toMatch(message);
  });
});
