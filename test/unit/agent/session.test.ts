/** An agent's session: registration after the end of its watch, and void launches. */
import type { Client } from '@temporalio/client';
import { describe, expect, it, vi } from 'vitest';
import { ControlPlaneSession } from '../../../agent/session.ts';
import type { ExpectedWork } from '../../../model/container-instance.ts';

const instance = {
  containerInstanceId: 'i1',
  clusterName: 'default',
  resources: { cpu: 1, memoryMiB: 1, reservedPorts: [], gpuIds: [] },
  attributes: [],
  agentVersion: '',
  agentHash: '',
  dockerVersion: '',
  tags: [],
};

/** A registered agent of an instance whose workflow is in this state. */
async function anAgent({
  status,
  comesBack = true,
  expects = [{ expectedTasks: [] }],
}: {
  status: string;
  comesBack?: boolean;
  expects?: ExpectedWork[];
}) {
  const sessions: string[] = [];
  const workflow = {
    executeUpdateWithStart: (_update: unknown, { args }: { args: [{ sessionId: string }] }) => {
      sessions.push(args[0].sessionId);
      return Promise.resolve(expects[sessions.length - 1] ?? expects.at(-1));
    },
    getHandle: () => ({ describe: () => Promise.resolve({ status: { name: status } }) }),
  };
  const shutdown = new AbortController();
  const warn = vi.fn();
  const session = new ControlPlaneSession({
    client: { workflow } as unknown as Client,
    describe: () => Promise.resolve(instance),
    reconcile: () => Promise.resolve(),
    ...(comesBack ? { comesBack: { logger: { warn }, shutdown: shutdown.signal, afterMs: 20 } } : {}),
  });
  await session.renew();
  return { session, sessions, shutdown, warn };
}

describe('an agent without a watch', () => {
  it('registers its instance again some time after a deregistration, and says so', async () => {
    const { session, sessions, warn } = await anAgent({ status: 'COMPLETED' });
    session.unwatched();
    session.unwatched();
    await vi.waitFor(() => expect(sessions).toHaveLength(2), 30_000);
    expect(warn).toHaveBeenCalledOnce();
    expect(sessions[1]).not.toBe(sessions[0]);
  });

  it.each([
    ['another watch begins', { status: 'RUNNING' }],
    ['the agent must not register again', { status: 'COMPLETED', comesBack: false }],
  ])('does nothing when %s', async (_name, how) => {
    const { session, sessions } = await anAgent(how);
    session.unwatched();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(sessions).toHaveLength(1);
  });

  it('does not register again if it shuts down meanwhile', async () => {
    const { session, sessions, shutdown } = await anAgent({ status: 'COMPLETED' });
    session.unwatched();
    shutdown.abort();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(sessions).toHaveLength(1);
  });
});

it('voids launches ordered before a given-up instance returned', async () => {
  const expects = [{ expectedTasks: [] }, { expectedTasks: [], ordersFrom: 1_000 }];
  const { session } = await anAgent({ status: 'RUNNING', expects });
  expect(session.voids(1)).toBe(false);
  await session.renew();
  expect([999, 1_000].map((at) => session.voids(at))).toEqual([true, false]);
});
