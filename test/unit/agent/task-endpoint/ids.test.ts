/** The ids of tasks and containers, what is kept of them, and the variables that carry them. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { IdIndex, TaskIds } from '../../../../agent/task-endpoint/ids.ts';
import { keepEndpoint, loadEndpoint } from '../../../../agent/task-endpoint/kept.ts';
import { endpointVariables } from '../../../../agent/task-endpoint/variables.ts';
import { blueprint, lifeOf } from './builders.ts';

const ids = new TaskIds('11'.repeat(32));
const others = new TaskIds('22'.repeat(32));

describe('ids', () => {
  const [bridge, awsvpc] = [lifeOf('bridge'), lifeOf('awsvpc')];
  const all = (of: TaskIds) => [
    ...[bridge, awsvpc].flatMap(({ plan }) => [
      of.credentials(plan),
      of.container(plan, 'main'),
      of.container(plan, 'once'),
    ]),
  ];

  it('differ by task, container, purpose and agent, and stay the same', () => {
    const every = [...all(ids), ...all(others)];
    expect(new Set(every).size).toBe(12);
    expect(every.every((id) => /^[0-9a-f]{40}$/.test(id))).toBe(true);
    expect(all(new TaskIds('11'.repeat(32)))).toEqual(all(ids));
  });

  it('lead to their owners while the host knows the task', () => {
    const index = new IdIndex(ids);
    const id = ids.container(awsvpc.plan, 'main');
    const owner = { taskId: awsvpc.plan.taskId, containerName: 'main' };
    expect(index.find(id, [bridge])).toBeUndefined();
    expect(index.find(id, [bridge, awsvpc])).toEqual(owner);
    expect(index.find(ids.credentials(bridge.plan), [bridge, awsvpc])).toEqual({ taskId: bridge.plan.taskId });
    expect(index.find(id, [bridge])).toBeUndefined();
    expect(index.find(others.container(awsvpc.plan, 'main'), [bridge, awsvpc])).toBeUndefined();
  });
});

describe('what is kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-kept-'));
  const file = join(folder, 'agent', 'task-endpoint.json');
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is drawn once, is for the agent alone, and comes back with the port', () => {
    const fresh = loadEndpoint(join(folder, 'agent'));
    expect(loadEndpoint(join(folder, 'agent'))).toEqual(fresh);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    keepEndpoint(join(folder, 'agent'), { ...fresh, port: 51_700 });
    expect(loadEndpoint(join(folder, 'agent'))).toEqual({ ...fresh, port: 51_700 });
  });

  it.each(['', '{', '{"version":1,"key":"short"}'])('is refused with advice if it is broken: %s', (text) => {
    loadEndpoint(join(folder, 'agent'));
    writeFileSync(file, text);
    expect(() => loadEndpoint(join(folder, 'agent'))).toThrow(/task-endpoint\.json is not .* remove it/);
  });
});

describe('variables', () => {
  const owned = endpointVariables(ids, () => ({ port: 51_679, ownsPort80: true }));
  const shared = endpointVariables(ids, () => ({ port: 51_680, ownsPort80: false }));

  it('lead to the endpoint, by a relative address where port 80 is the agent’s', () => {
    const task = blueprint('bridge');
    const [id, credentials] = [ids.container(task.plan, 'main'), ids.credentials(task.plan)];
    expect(owned(task, 'main')).toEqual({
      ECS_CONTAINER_METADATA_URI_V4: `http://169.254.170.2:51679/v4/${id}`,
      ECS_AGENT_URI: `http://169.254.170.2:51679/api/${id}`,
      AWS_ENDPOINT_URL: 'http://169.254.170.2:51679',
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${credentials}`,
    });
    expect(shared(task, 'main')).toMatchObject({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://169.254.170.2:51680/v2/credentials/${credentials}`,
    });
    expect(shared(task, 'main')).not.toHaveProperty('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  });

  it('name the region of FARGATE tasks only', () => {
    const launch = { launchType: 'FARGATE' as const };
    expect(owned(blueprint('awsvpc', { launch }), 'main')).toMatchObject({
      ...{ AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' },
    });
  });

  it('name credentials only where the definition or the overrides have a role', () => {
    const roleless = { taskRoleArn: '' };
    const names = (overrides: { taskRoleArn?: string }) =>
      Object.keys(owned(blueprint('bridge', { definition: roleless, launch: { overrides } }), 'main'));
    expect(names({})).not.toContain('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
    expect(names({ taskRoleArn: 'arn:aws:iam::123456789012:role/other' })).toContain(
      'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    );
  });

  it('are not there without a network', () => {
    expect(owned(blueprint('none'), 'main')).toEqual({});
    const cut = { containerDefinitions: [{ name: 'main', disableNetworking: true }] };
    expect(owned(blueprint('bridge', { definition: cut }), 'main')).toEqual({});
  });
});
