/** The orders of control planes of earlier protocols: an agent of today still carries them out. */
import { readFileSync } from 'node:fs';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { createHostActivities, type HostTaskOrders } from '../../../activities/host/index.ts';
import type { HostActivities } from '../../../activities/host/types.ts';

const GOLDEN = new URL('../../api/agent-door/golden/protocol-1.json', import.meta.url);
const { orders } = JSON.parse(readFileSync(GOLDEN, 'utf8')) as {
  readonly orders: { readonly [Name in keyof HostActivities]: Parameters<HostActivities[Name]>[0] };
};

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
])('of protocol 1: %s', async (name, expected) => {
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
