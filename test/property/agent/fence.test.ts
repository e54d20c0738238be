/** The fence comes before the giving up, whatever becomes of the heartbeats. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FENCE_MARGIN_MS, killAt, leaseFrom, stopAt } from '../../../agent/fence/lease.mjs';

/** Milliseconds. `onWay`: until Temporal has it; absent: it is lost. `back`: until the agent has the answer; absent: that is lost. */
interface Heartbeat {
  readonly pause: number;
  readonly onWay: number | undefined;
  readonly back: number | undefined;
}

const delay = fc.option(fc.nat(120_000), { nil: undefined });
const heartbeats = fc.array(fc.record({ pause: fc.nat(30_000), onWay: delay, back: delay }), { minLength: 1 });
/** Half of the silence is longer than the margin: the settings see to it. */
const times = fc.record({
  heartbeatTimeoutMs: fc.integer({ min: 5_000, max: 3_600_000 }),
  lostAfterMs: fc.integer({ min: 10_000, max: 2_592_000_000 }),
});

/** What happens, in its order: heartbeats that arrive at Temporal, and answers that arrive at the agent with the time of sending. */
function play(sent: readonly Heartbeat[], heartbeatTimeoutMs: number) {
  let now = 0;
  let lastArrival = 0;
  const confirmed: { sentAt: number; knownAt: number }[] = [];
  const flights = sent.map(({ pause, onWay, back }) => {
    now += pause;
    return { sentAt: now, arrivesAt: onWay === undefined ? Infinity : now + onWay, back };
  });
  for (const { sentAt, arrivesAt, back } of flights.toSorted((a, b) => a.arrivesAt - b.arrivesAt)) {
    // Temporal takes no heartbeat of an activity that it has timed out.
    if (arrivesAt > lastArrival + heartbeatTimeoutMs) break;
    lastArrival = arrivesAt;
    if (back !== undefined) confirmed.push({ sentAt, knownAt: arrivesAt + back });
  }
  return { lastArrival, confirmed: confirmed.toSorted((a, b) => a.knownAt - b.knownAt) };
}

it('service tasks are killed by the margin before their instance is given up', () => {
  fc.assert(
    fc.property(heartbeats, times, fc.nat(120_000), (sent, watch, stopTimeoutMs) => {
      const { lastArrival, confirmed } = play(sent, watch.heartbeatTimeoutMs);
      const givenUpAt = lastArrival + watch.heartbeatTimeoutMs + watch.lostAfterMs;
      // As the agent keeps it: an answer that was overtaken by a later heartbeat's does not count.
      let lease = leaseFrom(0, watch);
      let latest = 0;
      for (const { sentAt } of confirmed) {
        if (sentAt < latest) continue;
        latest = sentAt;
        lease = leaseFrom(sentAt, watch);
      }
      expect(killAt(lease) + FENCE_MARGIN_MS).toBeLessThanOrEqual(givenUpAt);
      expect(stopAt(lease, stopTimeoutMs)).toBeLessThanOrEqual(killAt(lease));
      // No task is told to stop before its agent counts as silent.
      expect(stopAt(lease, stopTimeoutMs)).toBeGreaterThanOrEqual(latest + watch.heartbeatTimeoutMs);
    }),
  );
});
