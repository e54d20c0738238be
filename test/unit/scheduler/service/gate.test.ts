/** What each member of a gate holds back, rule by rule. */
import { describe, expect, it } from 'vitest';
import { planStarts } from '../../../../scheduler/reconcile/plan-starts.ts';
import { planStops } from '../../../../scheduler/reconcile/plan-stops.ts';
import { conclude } from '../../../../scheduler/reconcile/conclude.ts';
import { wakeTime } from '../../../../scheduler/reconcile/wake-time.ts';
import type { RolloutGate } from '../../../../scheduler/service/gate.ts';
import { aRollout, NEW_ID, NOW, OLD_ID, tasksOf } from '../../../support/service-builders.ts';
import { aView, kindsOf, noStarts, type Snapshot } from '../../../support/service-view.ts';

const HOLDS = { holdsStarts: true, keepsOld: true, mayComplete: false } as const;
const KEEPS = { keepsOld: true, mayComplete: false } as const;

const planned = (snapshot: Snapshot, gate: Partial<RolloutGate>) => {
  const view = aView({ deployments: aRollout(), ...snapshot }, { gate });
  const { start, stops, wanted, blocked } = planStarts(view, planStops(view));
  return {
    start: start.map(({ deploymentId, count }) => [deploymentId, count]),
    stop: kindsOf(stops.stop),
    wanted,
    blocked,
  };
};

describe('a gate that holds starts back', () => {
  it.each<[string, Partial<RolloutGate>, readonly unknown[], number]>([
    ['open: the new deployment starts', {}, [[NEW_ID, 3]], 3],
    ['held: it starts nothing, and lacks nothing', HOLDS, [], 0],
  ])('%s', (_name, gate, start, wanted) => {
    expect(planned({ tasks: tasksOf({ healthy: 3 }, 'old') }, gate)).toEqual({
      start,
      stop: [],
      wanted,
      blocked: false,
    });
  });

  it('brings the old deployment back to the desired count, not merely to the lower bound', () => {
    const snapshot: Snapshot = {
      definition: { minimumHealthyPercent: 0, desiredCount: 4 },
      tasks: tasksOf({ healthy: 2 }, 'old'),
    };
    expect(planned(snapshot, HOLDS).start).toEqual([[OLD_ID, 2]]);
    expect(planned(snapshot, {}).start).toEqual([[NEW_ID, 4]]);
  });

  it('brings back an old deployment that has lost its last task', () => {
    expect(planned({ definition: { minimumHealthyPercent: 0 }, tasks: [] }, HOLDS).start).toEqual([[OLD_ID, 3]]);
  });
});

describe('a gate that keeps the old tasks', () => {
  const both = [...tasksOf({ healthy: 3 }), ...tasksOf({ healthy: 3 }, 'old')];
  it.each<[string, Partial<RolloutGate>, number]>([
    ['open: all of them stop', {}, 3],
    ['kept beside the new ones: none stops', KEEPS, 0],
    ['kept before the new ones start: they stay at the desired count', HOLDS, 3],
  ])('%s', (_name, gate, stopped) => {
    expect(planned({ tasks: both }, gate).stop).toEqual(Array(stopped).fill('old-healthy'));
  });

  it('keeps old tasks that have not run yet', () => {
    const tasks = tasksOf({ pending: 2 }, 'old');
    expect(planned({ tasks }, {}).stop).toEqual(['old-pending', 'old-pending']);
    expect(planned({ tasks }, KEEPS).stop).toEqual([]);
  });

  it('does not keep tasks on a DRAINING instance', () => {
    const tasks = [...tasksOf({ healthy: 3 }), ...tasksOf({ draining: 1 }, 'old')];
    expect(planned({ tasks }, KEEPS).stop).toEqual(['old-draining']);
  });
});

describe('a gate that does not let the rollout complete', () => {
  it.each([
    [true, [NEW_ID]],
    [false, []],
  ])('%s', (mayComplete, expected) => {
    const view = aView({ deployments: aRollout(), tasks: tasksOf({ healthy: 3 }) }, { gate: { mayComplete } });
    const completed = conclude(view, noStarts(view)).deployments.filter(({ kind }) => kind === 'complete');
    expect(completed.map(({ deploymentId }) => deploymentId)).toEqual(expected);
  });
});

it('a gate that opens by itself wakes the service then', () => {
  const view = aView({ deployments: aRollout() }, { gate: { ...HOLDS, wakeAt: NOW + 7 } });
  expect(wakeTime(view, noStarts(view), undefined)).toBe(NOW + 7);
});
