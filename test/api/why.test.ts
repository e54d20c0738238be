/** GET /v1/why: the chain behind a task, a service, an instance, in words and with its records. */
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../model/decision.ts';
import { withApi } from './support/api-under-test.ts';
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
  test('a task: from the call to the end of its container', async () => {
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
      expect.stringMatching(/desiredCount 1 → 2.*the call UpdateService by arn:aws:iam::1:root \(request r-7\)/),
      `Started task ${taskId} of deployment ${deploymentId} on container instance ${instanceId}, in the place of task ${old}: tasks of the service had stopped. The service wanted 2, between 2 and 4. It followed reports on 1 task (${old}).`,
      expect.stringContaining(`Task ${taskId} of`),
    ]);
    expect((await why(`task/arn:aws:ecs:us-east-1:123456789012:task/default/${taskId}`)).body.chain).toHaveLength(3);
    expect((await why(`service/${serviceName}`)).body.chain).toHaveLength(2);
    expect((await why(`deployment/${deploymentId}`)).body.chain).toHaveLength(2);
    expect((await why(`task/${old}`)).body.chain[1]?.sentence).toContain(
      `Started task ${taskId} in the place of task ${old}`,
    );
  });

  test('refuses what it cannot find, and what is no question', async () => {
    const unknown = await why(`task/${newTaskId()}`);
    expect(unknown.body.message).toContain('past their retention');
    expect((await why('task/abc')).body.message).toContain('at least the first 8 characters');
    expect((await why('weather/tomorrow')).body.message).toContain("'weather' is none of these");
  });
});
