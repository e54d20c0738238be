/** Stops because of a spot interruption. */
import { describe, expect, it } from 'vitest';
import { SPOT_INTERRUPTION, withSpotInterruption } from '../../../../scheduler/reconcile/spot-interruption.ts';
import type { StopDecision } from '../../../../scheduler/service/types.ts';

const stop = (taskId: string, because: StopDecision['because']): StopDecision => ({
  taskId,
  because,
  stopCode: 'ServiceSchedulerInitiated',
  stoppedReason: 'Scaling activity',
});
const on = (taskId: string, containerInstanceId: string) => ({ taskId, containerInstanceId });

describe('withSpotInterruption', () => {
  it('gives SpotInterruption to stops that drain an interrupted instance, and to no others', () => {
    const stops = [stop('a', 'draining'), stop('b', 'drainingPending'), stop('c', 'draining'), stop('d', 'scaleIn')];
    const tasks = [on('a', 'spot'), on('b', 'spot'), on('c', 'other'), on('d', 'spot')];
    expect(withSpotInterruption(stops, tasks, ['spot'])).toEqual([
      { ...stops[0], ...SPOT_INTERRUPTION, because: 'spotInterrupted' },
      { ...stops[1], ...SPOT_INTERRUPTION, because: 'spotInterrupted' },
      stops[2],
      stops[3],
    ]);
    expect(withSpotInterruption(stops, tasks, [])).toBe(stops);
  });
});
