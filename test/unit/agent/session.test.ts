/** An agent's session: registration after the end of its watch, and void launches. */
import { describe, expect, it, vi } from 'vitest';
import { ControlPlaneSession } from '../../../agent/session.ts';
import type { InstanceControl } from '../../../model/agent-calls.ts';
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

/** A registered agent of an instance that the control plane still knows, or not. */
async function anAgent({
  isRegistered,
  comesBack = true,
  announce = () => Promise.resolve(),
  expects = [{ expectedTasks: [] }],
}: {
  isRegistered: boolean;
  comesBack?: boolean;
  announce?: () => Promise<void>;
  expects?: ExpectedWork[];
}) {
  const sessions: string[] = [];
  const firsts: boolean[] = [];
  const control: InstanceControl = {
    register: ({ sessionId }) => {
      sessions.push(sessionId);
      return Promise.resolve(expects[sessions.length - 1] ?? expects.at(-1)!);
    },
    announce,
    isAttended: () => Promise.resolve(true),
    isRegistered: () => Promise.resolve(isRegistered),
    sendReports: () => Promise.resolve('delivered'),
  };
  const shutdown = new AbortController();
  const [warn, takesWork, allow] = [vi.fn(), vi.fn(), vi.fn()];
  const session = new ControlPlaneSession({
    control,
    describe: ({ isFirst }) => {
      firsts.push(isFirst);
      return Promise.resolve(instance);
    },
    reconcile: () => Promise.resolve(),
    allow,
    takesWork,
    ...(comesBack ? { comesBack: { logger: { warn }, shutdown: shutdown.signal, afterMs: 20 } } : {}),
  });
  await session.renew();
  return { session, sessions, firsts, shutdown, warn, takesWork, allow };
}

it('an agent is told at each registration what tasks may do to its host', async () => {
  const expects: ExpectedWork[] = [{ expectedTasks: [], allowed: { privileged: true } }, { expectedTasks: [] }];
  const { session, allow } = await anAgent({ isRegistered: true, expects });
  await session.renew();
  expect(allow.mock.calls).toEqual([[{ privileged: true }], [undefined]]);
});

describe('an agent without a watch', () => {
  it('registers its instance again some time after a deregistration, and says so', async () => {
    const { session, sessions, warn } = await anAgent({ isRegistered: false });
    session.unwatched();
    session.unwatched();
    await vi.waitFor(() => expect(sessions).toHaveLength(2), 30_000);
    expect(warn).toHaveBeenCalledOnce();
    expect(sessions[1]).not.toBe(sessions[0]);
  });

  it.each([
    ['another watch begins', { isRegistered: true }],
    ['the agent must not register again', { isRegistered: false, comesBack: false }],
  ])('does nothing when %s', async (_name, how) => {
    const { session, sessions } = await anAgent(how);
    session.unwatched();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(sessions).toHaveLength(1);
  });

  it('does not register again if it shuts down meanwhile', async () => {
    const { session, sessions, shutdown } = await anAgent({ isRegistered: false });
    session.unwatched();
    shutdown.abort();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(sessions).toHaveLength(1);
  });
});

it('voids launches ordered before a given-up instance returned', async () => {
  const expects = [{ expectedTasks: [] }, { expectedTasks: [], ordersFrom: 1_000 }];
  const { session } = await anAgent({ isRegistered: true, expects });
  expect(session.voids(1)).toBe(false);
  await session.renew();
  expect([999, 1_000].map((at) => session.voids(at))).toEqual([true, false]);
});

it('takes work once the control plane has taken an announcement, and says so once', async () => {
  const announce = vi.fn(() => Promise.resolve());
  announce.mockRejectedValueOnce(new Error('away'));
  const { session, takesWork } = await anAgent({ isRegistered: true, announce });
  await expect(session.announce()).rejects.toThrow('away');
  expect(takesWork).not.toHaveBeenCalled();
  await session.announce();
  await session.announce();
  expect(takesWork).toHaveBeenCalledOnce();
});

it('tells its first session from the later ones', async () => {
  const { session, firsts } = await anAgent({ isRegistered: true });
  await session.renew();
  expect(firsts).toEqual([true, false]);
});
