/** The pace of heartbeats. */
import { expect, it } from 'vitest';
import { paceOf } from '../../../activities/host/heartbeats.ts';

it.each([
  [5_000, { heartbeatMs: 1_250, lookMs: 1_250 }],
  [15_000, { heartbeatMs: 3_750, lookMs: 1_875 }],
  [20_000, { heartbeatMs: 5_000, lookMs: 5_000 / 3 }],
  [60_000, { heartbeatMs: 15_000, lookMs: 1_875 }],
  [3_600_000, { heartbeatMs: 900_000, lookMs: 2_000 }],
  [0, { heartbeatMs: 2_000, lookMs: 2_000 }],
])('with a timeout of %i ms', (timeoutMs, pace) => {
  expect(paceOf(timeoutMs)).toEqual(pace);
});
