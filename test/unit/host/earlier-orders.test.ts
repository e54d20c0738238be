/** The orders of control planes of earlier protocols: an agent of today still carries them out. */
import { readFileSync } from 'node:fs';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { createHostActivities, type HostTaskOrders } from '../../../activities/host/index.ts';
import type { HostActivities } from '../../../activities/host/types.ts';
import { createUpdateActivities } from '../../../activities/host/update.ts';
import type { AgentUpdateActivities, AgentUpdateOrder } from '../../../activities/host/update-types.ts';

type Orders<Activities> = {
  readonly [Name in keyof Activities]: Activities[Name] extends (order: infer Order) => unknown ? Order : never;
};

const ordersOf = (protocol: number): Orders<HostActivities & AgentUpdateActivities> => {
  const file = new URL(`../../api/agent-door/golden/protocol-${protocol}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { orders: Orders<HostActivities & AgentUpdateActivities> }).orders;
};

describe.each([1, 2])('of protocol %i', (protocol) => {
  const orders = ordersOf(protocol);
  it.each<[keyof HostActivities, readonly string[]]>([
    [
      'launchTasks',
      [
        'launches 0123456789abcdef0123456789abcdef of service/default/web: web:1',
        'launches ffffffffffffffffffffffffffffffff of service/default/web: web:1',
      ],
    ],
    ['stopTasks', ['stops 0123456789abcdef0123456789abcdef of service/default/web']],
    ['attendInstance', ['confirms 3b0e4d1c-8f0f-4c0e-9d39-0d9e2f0c4a11', 'announces itself']],
  ])('%s', async (name, expected) => {
    const done: string[] = [];
    const tasks: HostTaskOrders = {
      launch: ({ plan, definition }) =>
        void done.push(
          `launches ${plan.taskId} of ${plan.ownerWorkflowId}: ${definition.containerDefinitions?.[0]?.image}`,
        ),
      decline: () => undefined,
      stop: (taskId, owner) => void done.push(`stops ${taskId} of ${owner}`),
    };
    const activities = createHostActivities({
      tasks,
      reporter: { hold: () => ({ take: () => [], release: () => undefined }) },
      session: {
        announce: () => Promise.resolve(void done.push('announces itself')),
        isAttended: () => Promise.resolve(true),
        confirm: (session) => Promise.resolve(done.push(`confirms ${session}`) > 0),
        voids: () => false,
        unwatched: () => undefined,
      },
      engineIsLost: () => false,
      shutdown: AbortSignal.abort(),
    });
    const carryOut = (input: never): Promise<unknown> => activities[name](input);
    await new MockActivityEnvironment().run(carryOut as (input: object) => Promise<unknown>, orders[name]);
    expect(done).toEqual(expected);
  });
});

it('of protocol 2: stageAgent and switchAgent', async () => {
  const { stageAgent, switchAgent } = ordersOf(2);
  const done: string[] = [];
  const activities = createUpdateActivities({
    stage: ({ version }) => Promise.resolve(void done.push(`stages ${version}`)),
    switch: ({ version, hash }) => void done.push(`switches to ${version} ${hash}`),
  });
  await new MockActivityEnvironment().run((order: AgentUpdateOrder) => activities.stageAgent(order), stageAgent);
  await new MockActivityEnvironment().run((order: AgentUpdateOrder) => activities.switchAgent(order), switchAgent);
  expect(done).toEqual(['stages 0.1.2', 'switches to 0.1.2 def']);
});
