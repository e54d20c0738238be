/** GET /v1/why: the chain behind a task, a service, an instance, in words and with its records. */
import { DeleteAttributesCommand, PutAttributesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../model/decision.ts';
import { ensureCluster, withApi } from './support/api-under-test.ts';
import { newTaskId, taskRow } from './support/rows.ts';

const api = withApi();
const call = {
  kind: 'call',
  operation: 'UpdateService',
  requestId: 'r-7',
  principalArn: 'arn:aws:iam::1:root',
} as const;

const aDecision = (changes: Partial<Decision>): Decision => ({
  id: newTaskId(),
  clusterName: 'default',
  ownerWorkflowId: 'service/default/web',
  reasons: [],
  tasks: [],
  causes: [],
  at: 1_000,
  lastAt: 1_000,
  count: 1,
  ...changes,
});

interface Answer {
  readonly message?: string;
  readonly chain: readonly { readonly at: number; readonly sentence: string }[];
}

async function why(path: string): Promise<{ readonly status: number; readonly body: Answer }> {
  const response = await fetch(`${api().url}/v1/why/${path}`);
  return { status: response.status, body: (await response.json()) as Answer };
}

describe('why', () => {
  test('explains a task from the call to the end of its container', async () => {
    const [old, taskId] = [newTaskId(), newTaskId()];
    const { instanceId } = api();
    const [serviceName, deploymentId] = [`why-${taskId.slice(0, 6)}`, `ecs-svc/${Date.now()}`];
    const task = taskRow({ taskId, containerInstanceId: instanceId, serviceName, createdAt: 3_000 });
    const decisions = [
      aDecision({
        serviceName,
        deploymentId,
        reasons: [{ reason: 'called', count: 1 }],
        causes: [call],
        changes: { desiredCount: ['1', '2'] },
      }),
      aDecision({
        at: 2_000,
        serviceName,
        deploymentId,
        reasons: [{ reason: 'replaceStopped', count: 1 }],
        tasks: [{ taskId, containerInstanceId: instanceId, replaces: old }],
        causes: [{ kind: 'report', tasks: 1, taskIds: [old] }],
        bounds: { desired: 2, lower: 2, upper: 4 },
      }),
    ];
    await api().store.reserveTasks({ clusterName: 'default', tasks: [task], decisions });
    const { status, body } = await why(`task/${taskId.slice(0, 10)}`);
    expect(status).toBe(200);
    expect(body.chain.map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(
        /^UpdateService was called: desiredCount 1 → 2\. Called by arn:aws:iam::1:root \(request r-7\)/,
      ),
      `Started task ${taskId} on container instance ${instanceId} to replace task ${old} because tasks of the service had stopped. Caused by a report on task ${old}. Desired count 2, with 2 to 4 tasks allowed. Deployment ${deploymentId}.`,
      expect.stringContaining(`Task ${taskId} was created`),
    ]);
    expect(body.chain[1]).toMatchObject({
      headline: `Started task ${taskId} on container instance ${instanceId} to replace task ${old} because tasks of the service had stopped`,
      details: [`Caused by a report on task ${old}`, expect.any(String), `Deployment ${deploymentId}`],
    });
    expect((await why(`task/arn:aws:ecs:us-east-1:123456789012:task/default/${taskId}`)).body.chain).toHaveLength(3);
    expect((await why(`service/${serviceName}`)).body.chain).toHaveLength(2);
    expect((await why(`deployment/${deploymentId}`)).body.chain).toHaveLength(2);
    expect((await why(`task/${old}`)).body.chain[1]?.sentence).toContain(
      `Started task ${taskId} on container instance ${instanceId} to replace task ${old}`,
    );
  });

  test('explains a task of a capacity provider from the call about the cluster to its place and its end', async () => {
    const taskId = newTaskId();
    const { instanceId, store } = api();
    const clusterName = `why-${taskId.slice(0, 6)}`;
    await ensureCluster(store, clusterName);
    const ofCall = (operation: string) => ({ ...call, operation });
    const strategy = { capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: [] };
    await store.putClusterCapacityProviders(clusterName, strategy, ofCall('PutClusterCapacityProviders'));
    const now = Date.now() + 1_000;
    const aboutIt = { clusterName, ownerWorkflowId: `run-task/${clusterName}/t` };
    const decisions = [
      aDecision({
        ...aboutIt,
        at: now,
        reasons: [{ reason: 'runTask', count: 1 }],
        tasks: [{ taskId, containerInstanceId: '' }],
        causes: [ofCall('RunTask')],
      }),
      aDecision({
        ...aboutIt,
        at: now + 1,
        reasons: [{ reason: 'provisioning', count: 1 }],
        tasks: [{ taskId }],
        facts: { reason: 'RESOURCE:CPU' },
        causes: [{ kind: 'time' }],
      }),
      aDecision({
        ...aboutIt,
        at: now + 2,
        reasons: [{ reason: 'capacityFound', count: 1 }],
        tasks: [{ taskId, containerInstanceId: instanceId }],
        causes: [{ kind: 'capacity' }],
      }),
      aDecision({
        ...aboutIt,
        at: now + 3,
        reasons: [{ reason: 'interrupted', count: 1 }],
        containerInstanceIds: [instanceId],
        causes: [ofCall('InterruptContainerInstance')],
      }),
      aDecision({
        ...aboutIt,
        at: now + 4,
        reasons: [{ reason: 'spotInterrupted', count: 1 }],
        tasks: [{ taskId, containerInstanceId: instanceId }],
        causes: [{ kind: 'time' }],
      }),
    ];
    const waiting = { lastStatus: 'PROVISIONING', capacityProviderName: 'FARGATE', createdAt: now } as const;
    const { containerInstanceId: _none, ...task } = taskRow({ taskId, clusterName, ...waiting });
    await store.reserveTasks({ clusterName, tasks: [task], decisions });
    const { body } = await why(`task/${taskId}?cluster=${clusterName}`);
    expect(body.chain.map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/^PutClusterCapacityProviders was called: capacityProviders/),
      'RunTask was called. Called by arn:aws:iam::1:root (request r-7).',
      expect.stringMatching(/^Started task \w+, which waits for capacity, because/),
      expect.stringContaining(`Task ${taskId} was created`),
      expect.stringMatching(/^Did not place task \w+ because .*the wait goes on.*Reason: RESOURCE:CPU/),
      expect.stringContaining(`Placed task ${taskId} on container instance ${instanceId}`),
      expect.stringMatching(/notice of a spot interruption and is draining.*Caused by InterruptContainerInstance/),
      expect.stringMatching(/^Stopped task \w+.*notice of a spot interruption/),
    ]);
  });

  test('explains how calls changed an instance’s attributes', async () => {
    const { instanceId, ecs } = api();
    const target = { targetId: instanceId, targetType: 'container-instance' } as const;
    await ecs.send(new PutAttributesCommand({ attributes: [{ name: 'rack', value: 'r1', ...target }] }));
    await ecs.send(new DeleteAttributesCommand({ attributes: [{ name: 'rack', ...target }] }));
    const { body } = await why(`instance/${instanceId}`);
    expect(body.chain.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/a call changed its attributes\. Caused by PutAttributes.*With rack r1/),
        expect.stringMatching(/a call changed its attributes\. Caused by DeleteAttributes.*Changed: rack r1 → none/),
      ]),
    );
  });

  test('names the call behind an interruption', async () => {
    const { gateway, instanceId, url } = api();
    const path = `/v1/clusters/default/container-instances/${instanceId}/interruption`;
    const response = await fetch(`${url}${path}`, { method: 'POST' });
    const requestId = response.headers.get('x-amzn-requestid');
    expect(gateway.causes.at(-1)).toMatchObject({ kind: 'call', operation: 'InterruptContainerInstance', requestId });
  });

  test('refuses unknown ids and invalid questions', async () => {
    const unknown = await why(`task/${newTaskId()}`);
    expect(unknown.body.message).toContain('past their retention');
    expect((await why('task/abc')).body.message).toContain('at least the first 8 characters');
    expect((await why('weather/tomorrow')).body.message).toContain("'weather' is none of these");
  });
});
