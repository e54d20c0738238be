import type { Client } from '@temporalio/client';
import { describe, expect, it, vi } from 'vitest';
import { ControlPlaneSession } from '../../../agent/session.ts';

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
async function anAgent({ status, comesBack = true }: { status: string; comesBack?: boolean }) {
  const sessions: string[] = [];
  const workflow = {
    executeUpdateWithStart: (_update: unknown, { args }: { args: [{ sessionId: string }] }) => {
      sessions.push(args[0].sessionId);
      return Promise.resolve({ expectedTasks: [] });
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

describe('the agent of an instance that is not watched any more', () => {
  it('registers it anew after a while when it was deregistered, and says so', async () => {
    const { session, sessions, warn } = await anAgent({ status: 'COMPLETED' });
    session.unwatched();
    session.unwatched();
    await vi.waitFor(() => expect(sessions).toHaveLength(2));
    expect(warn).toHaveBeenCalledOnce();
    expect(sessions[1]).not.toBe(sessions[0]);
  });

  it.each([
    ['another watch begins', { status: 'RUNNING' }],
    ['it is not to come back', { status: 'COMPLETED', comesBack: false }],
  ])('does nothing when %s', async (_name, how) => {
    const { session, sessions } = await anAgent(how);
    session.unwatched();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(sessions).toHaveLength(1);
  });

  it('stays away when it shuts down meanwhile', async () => {
    const { session, sessions, shutdown } = await anAgent({ status: 'COMPLETED' });
    session.unwatched();
    shutdown.abort();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(sessions).toHaveLength(1);
  });
});
