/** When an instance is fenced, and the lease's file. */
import { describe, expect, it } from 'vitest';
import { serviceContainer } from '../../../agent/fence/engine.mjs';
import { decodeLease, encodeLease, fencedFrom, killAt, leaseFrom, stopAt } from '../../../agent/fence/lease.mjs';

const BOOT = '3df8a1d3-f0cc-47bf-9c9c-54976f6b8183';

describe('a lease', () => {
  it.each([
    // heartbeat timeout, lost after, stopTimeout → told to stop, killed, given up; all after the heartbeat was sent
    [15_000, 60_000, 30_000, 42_000, 72_000, 75_000],
    [15_000, 60_000, 2_000, 70_000, 72_000, 75_000],
    [15_000, 60_000, 120_000, 42_000, 72_000, 75_000],
    [5_000, 10_000, 30_000, 7_000, 12_000, 15_000],
    [5_000, 10_000, 0, 12_000, 12_000, 15_000],
  ])('of %i + %i ms stops a task with a stopTimeout of %i ms', (heartbeatTimeoutMs, lostAfterMs, stopMs, ...at) => {
    const lease = leaseFrom(1_000, { heartbeatTimeoutMs, lostAfterMs });
    expect([stopAt(lease, stopMs), killAt(lease), lease.endsAt].map((ms) => ms - 1_000)).toEqual(at);
    expect(fencedFrom(lease)).toBeLessThanOrEqual(stopAt(lease, stopMs));
  });
});

describe('the file', () => {
  const lease = { endsAt: 75_000, lostAfterMs: 60_000 };
  const text = encodeLease(lease, BOOT);

  it('gives the lease back, and has one size', () => {
    expect(decodeLease(text, BOOT)).toEqual(lease);
    expect(encodeLease({ endsAt: 7e15, lostAfterMs: 2_592_000_000 }, BOOT)).toHaveLength(text.length);
  });

  it('says nothing of a lease of an earlier boot', () => {
    expect(decodeLease(text, 'another')).toBeUndefined();
  });

  it('is seen to be half written, wherever the writer is', () => {
    const next = encodeLease({ endsAt: 76_250, lostAfterMs: 60_000 }, BOOT);
    const seen = Array.from({ length: text.length }, (_, i) => decodeLease(next.slice(0, i) + text.slice(i), BOOT));
    const wrong = seen.filter((one) => one !== 'torn' && ![75_000, 76_250].includes(one?.endsAt ?? 0));
    expect(wrong).toEqual([]);
    expect(decodeLease('', BOOT)).toBe('torn');
  });
});

describe('a container', () => {
  const labels = (plan: object) => ({ 'longshore.task-id': 't1', 'longshore.plan': JSON.stringify(plan) });

  it.each([
    ['service/default/web', [{ stopTimeoutSeconds: 2 }, { stopTimeoutSeconds: 5 }], 5_000],
    ['service/default/web', [{}], 30_000],
  ])('of %s is fenced', (ownerWorkflowId, containers, stopTimeoutMs) => {
    const found = serviceContainer('c1', labels({ ownerWorkflowId, containers }));
    expect(found).toEqual({ id: 'c1', taskId: 't1', stopTimeoutMs });
  });

  it('of a standalone task is not', () => {
    expect(serviceContainer('c1', labels({ ownerWorkflowId: 'run-task/default/x', containers: [] }))).toBeUndefined();
  });

  it('that nobody can read is', () => {
    expect(serviceContainer('c1', { 'longshore.plan': '{' })).toEqual({ id: 'c1', taskId: '', stopTimeoutMs: 30_000 });
  });
});
