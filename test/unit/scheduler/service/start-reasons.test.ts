/** To which causes the starts of a deployment are put down. */
import { describe, expect, it } from 'vitest';
import { startReasons } from '../../../../scheduler/service/start-reasons.ts';
import { aRollout, NEW_ID, OLD_ID, tasksOf } from '../../../support/service-builders.ts';
import { aView, type Snapshot } from '../../../support/service-view.ts';

interface Row {
  readonly when: string;
  readonly snapshot?: Snapshot;
  readonly count: number;
  readonly unhealthy?: number;
  readonly because: Readonly<Record<string, number>>;
}

const LOST = { lostTasks: { [NEW_ID]: 2 } } as const;

const ROWS: readonly Row[] = [
  { when: 'nothing starts', count: 0, because: {} },
  { when: 'nothing was lost, and the deployment has completed', count: 2, because: { scaleOut: 2 } },
  {
    when: 'nothing was lost, and the deployment rolls out',
    snapshot: { deployments: aRollout() },
    count: 2,
    because: { rollout: 2 },
  },
  { when: 'there is no deployment', snapshot: { deployments: [] }, count: 1, because: { scaleOut: 1 } },
  { when: 'as many were lost', snapshot: LOST, count: 2, because: { replaceStopped: 2 } },
  { when: 'fewer were lost', snapshot: LOST, count: 3, because: { replaceStopped: 2, scaleOut: 1 } },
  { when: 'more were lost', snapshot: LOST, count: 1, because: { replaceStopped: 1 } },
  {
    when: 'tasks of another deployment were lost',
    snapshot: { lostTasks: { [OLD_ID]: 2 } },
    count: 1,
    because: { scaleOut: 1 },
  },
  { when: 'tasks are unhealthy', count: 2, unhealthy: 1, because: { replaceUnhealthy: 1, scaleOut: 1 } },
  { when: 'more tasks are unhealthy than start', count: 1, unhealthy: 3, because: { replaceUnhealthy: 1 } },
  {
    when: 'tasks are on a DRAINING instance',
    snapshot: { tasks: tasksOf({ draining: 2 }) },
    count: 2,
    because: { replaceDraining: 2 },
  },
  {
    when: 'tasks of the old deployment are on a DRAINING instance',
    snapshot: { deployments: aRollout(), tasks: tasksOf({ draining: 2 }, 'old') },
    count: 2,
    because: { rollout: 2 },
  },
  {
    when: 'all at once: the most certain cause first',
    snapshot: { ...LOST, deployments: aRollout(), tasks: tasksOf({ draining: 1 }) },
    count: 6,
    unhealthy: 1,
    because: { replaceUnhealthy: 1, replaceStopped: 2, replaceDraining: 1, rollout: 2 },
  },
  {
    when: 'there is room for some of them',
    snapshot: { ...LOST, tasks: tasksOf({ draining: 1 }) },
    count: 2,
    unhealthy: 1,
    because: { replaceUnhealthy: 1, replaceStopped: 1 },
  },
];

describe('startReasons', () => {
  it.each(ROWS)('$when', ({ snapshot, count, unhealthy = 0, because }) => {
    const reasons = startReasons(aView(snapshot), count, unhealthy);
    expect(reasons).toEqual(Object.entries(because).map(([reason, each]) => ({ reason, count: each })));
    expect(reasons.reduce((sum, each) => sum + each.count, 0)).toBe(count);
  });
});
