/** The purge of old rows. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startPurging } from '../../../worker/purge.ts';

const MINUTE_MS = 60_000;
const logger = pino({ level: 'silent' });
const retention = {
  ...{ stoppedTaskRetentionMs: 1_000, eventRetentionMs: 2_000, decisionRetentionMs: 3_000 },
  auditRetentionMs: 4_000,
};

const aStore = () => ({
  purgeStoppedTasks: vi.fn(() => Promise.resolve(0)),
  purgeEvents: vi.fn(() => Promise.resolve(0)),
  purgeDecisions: vi.fn(() => Promise.resolve(0)),
  purgeAgents: vi.fn(() => Promise.resolve(0)),
  purgeAudit: vi.fn(() => Promise.resolve(0)),
  purgeSecrets: vi.fn(() => Promise.resolve(0)),
});

describe('purging', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  it('removes rows past their retention every ten minutes', async () => {
    const store = aStore();
    const purging = startPurging({ store, retention, logger });
    await vi.advanceTimersByTimeAsync(20 * MINUTE_MS);
    purging.stop();
    expect(store.purgeStoppedTasks.mock.calls).toEqual([[10 * MINUTE_MS - 1_000], [20 * MINUTE_MS - 1_000]]);
    expect(store.purgeEvents.mock.calls).toEqual([[10 * MINUTE_MS - 2_000], [20 * MINUTE_MS - 2_000]]);
    expect(store.purgeAudit.mock.calls).toEqual([[10 * MINUTE_MS - 4_000], [20 * MINUTE_MS - 4_000]]);
    expect(store.purgeDecisions.mock.calls).toEqual([[10 * MINUTE_MS - 3_000], [20 * MINUTE_MS - 3_000]]);
    // Their recovery window is over.
    expect(store.purgeSecrets.mock.calls).toEqual([[10 * MINUTE_MS], [20 * MINUTE_MS]]);
    // What expired a week ago.
    expect(store.purgeAgents.mock.calls).toEqual([[10 * MINUTE_MS - 604_800_000], [20 * MINUTE_MS - 604_800_000]]);
  });

  it('goes on with the others if one fails, and tries again the next time', async () => {
    const store = aStore();
    store.purgeStoppedTasks.mockRejectedValueOnce(new Error('the store is away'));
    const purging = startPurging({ store, retention, logger });
    await vi.advanceTimersByTimeAsync(20 * MINUTE_MS);
    purging.stop();
    expect(store.purgeStoppedTasks).toHaveBeenCalledTimes(2);
    expect(store.purgeEvents).toHaveBeenCalledTimes(2);
  });

  it('stops when told to', async () => {
    const store = aStore();
    startPurging({ store, retention, logger }).stop();
    await vi.advanceTimersByTimeAsync(20 * MINUTE_MS);
    expect(store.purgeStoppedTasks).not.toHaveBeenCalled();
  });
});
