/** What a service waits for, as values and as one line. */
import { describe, expect, it } from 'vitest';
import { waitingFor, waitsOf } from '../../../../scheduler/reconcile/waiting-for.ts';
import type { RolloutGate } from '../../../../scheduler/service/gate.ts';
import type { StartPlan } from '../../../../scheduler/service/start-plan.ts';
import type { Wait } from '../../../../scheduler/service/types.ts';
import { aDeployment, aRollout, aTask, NOW, OLD_ID, tasksOf } from '../../../support/service-builders.ts';
import { aView, noStarts, noStops, type Snapshot } from '../../../support/service-view.ts';

interface Row {
  readonly when: string;
  readonly snapshot?: Snapshot;
  readonly starts?: Partial<StartPlan>;
  readonly gate?: Partial<RolloutGate>;
  readonly steady?: boolean;
  readonly waits: readonly Wait[];
  readonly line: string;
}

const SOON = NOW + 1_000;
const CLOCK = new Date(SOON).toISOString();
const aHook = {
  hookId: 'h',
  stage: 'PRE_SCALE_UP',
  status: 'AWAITING_ACTION',
  expiresAt: SOON,
  timeoutAction: 'ROLLBACK',
} as const;
const start = { deploymentId: 'd', count: 2, replaces: [], because: [] } as const;

const ROWS: readonly Row[] = [
  {
    when: 'it is steady',
    steady: true,
    snapshot: { tasks: tasksOf({ healthy: 3 }) },
    waits: [],
    line: 'nothing: steady with 3 tasks',
  },
  {
    when: 'it is steady with one',
    steady: true,
    snapshot: { definition: { desiredCount: 1 } },
    waits: [],
    line: 'nothing: steady with 1 task',
  },
  { when: 'nothing can be named', waits: [], line: 'the next change' },
  {
    when: 'tasks start in this plan',
    starts: { start: [start] },
    waits: [{ for: 'toRun', tasks: 2 }],
    line: '2 tasks to reach RUNNING',
  },
  {
    when: 'one starts and one is on its way',
    snapshot: { tasks: tasksOf({ pending: 1 }) },
    starts: { start: [{ ...start, count: 1 }] },
    waits: [{ for: 'toRun', tasks: 2 }],
    line: '2 tasks to reach RUNNING',
  },
  {
    when: 'a task has no verdict yet',
    snapshot: { tasks: tasksOf({ healthy: 2, unchecked: 1 }) },
    waits: [{ for: 'toBecomeHealthy', tasks: 1 }],
    line: '1 task to become healthy',
  },
  {
    when: 'old tasks are there',
    snapshot: { deployments: aRollout(), tasks: tasksOf({ healthy: 2 }, 'old') },
    waits: [{ for: 'toBeReplaced', tasks: 2 }],
    line: '2 tasks to be replaced',
  },
  {
    when: 'a task is on a DRAINING instance',
    snapshot: { tasks: tasksOf({ draining: 1 }) },
    waits: [{ for: 'toBeReplaced', tasks: 1 }],
    line: '1 task to be replaced',
  },
  {
    when: 'a task stops',
    snapshot: { tasks: tasksOf({ stopping: 1 }) },
    waits: [{ for: 'toStop', tasks: 1 }],
    line: '1 task to stop',
  },
  {
    when: 'the bounds leave no room',
    starts: { wanted: 1, blocked: true },
    waits: [{ for: 'bounds', tasks: 1 }],
    line: 'room below maximumPercent',
  },
  {
    when: 'a place is looked for again',
    snapshot: { placementRetryAt: SOON },
    starts: { wanted: 2 },
    waits: [{ for: 'placement', tasks: 2, until: SOON }],
    line: `a place for 2 tasks; next attempt at ${CLOCK} or when capacity appears`,
  },
  {
    when: 'a place is looked for, for nothing',
    snapshot: { placementRetryAt: SOON },
    waits: [],
    line: 'the next change',
  },
  {
    when: 'the throttle holds launches back',
    snapshot: { throttle: { consecutiveStartFailures: 4, nextLaunchAt: SOON } },
    starts: { wanted: 1 },
    waits: [{ for: 'throttle', tasks: 1, until: SOON }],
    line: `the next launch of 1 task at ${CLOCK}, after 4 failed starts in a row`,
  },
  {
    when: 'a protected task may not stop yet',
    snapshot: { deployments: aRollout(), tasks: [aTask('t', { deploymentId: OLD_ID, protectedUntil: SOON })] },
    waits: [
      { for: 'toBeReplaced', tasks: 1 },
      { for: 'protection', tasks: 1 },
    ],
    line: '1 task to be replaced, the scale-in protection of 1 task',
  },
  {
    when: 'the deployment has failed',
    snapshot: { deployments: [aDeployment({ rolloutState: 'FAILED' })] },
    waits: [{ for: 'failedDeployment', tasks: 0 }],
    line: 'an update: its deployment failed',
  },
  {
    when: 'a hook holds it',
    gate: { holdsStarts: true, awaiting: [aHook], wakeAt: SOON },
    waits: [{ for: 'lifecycleHook', tasks: 0, until: SOON }],
    line: `a lifecycle hook to be continued, until ${CLOCK}`,
  },
  {
    when: 'it bakes',
    gate: { wakeAt: SOON },
    waits: [{ for: 'bakeTime', tasks: 0, until: SOON }],
    line: `the end of the bake time at ${CLOCK}`,
  },
  {
    when: 'several things: what blocks comes first',
    snapshot: {
      deployments: [aDeployment({ rolloutState: 'FAILED' })],
      placementRetryAt: SOON,
      tasks: tasksOf({ pending: 1, stopping: 1 }),
    },
    starts: { wanted: 1, blocked: true },
    gate: { wakeAt: SOON },
    waits: [
      { for: 'failedDeployment', tasks: 0 },
      { for: 'bakeTime', tasks: 0, until: SOON },
      { for: 'placement', tasks: 1, until: SOON },
      { for: 'bounds', tasks: 1 },
      { for: 'toRun', tasks: 1 },
      { for: 'toStop', tasks: 1 },
    ],
    line: [
      'an update: its deployment failed',
      `the end of the bake time at ${CLOCK}`,
      `a place for 1 task; next attempt at ${CLOCK} or when capacity appears`,
      'room below maximumPercent',
      '1 task to reach RUNNING',
      '1 task to stop',
    ].join(', '),
  },
  {
    when: 'it is deleted and tasks are left',
    snapshot: { status: 'DRAINING', tasks: tasksOf({ stopping: 1, healthy: 1 }) },
    waits: [{ for: 'toStop', tasks: 2 }],
    line: '2 tasks to stop before it is gone',
  },
  {
    when: 'it is deleted and none is left',
    snapshot: { status: 'DRAINING' },
    waits: [],
    line: 'nothing: every task has stopped',
  },
];

describe('what a service waits for', () => {
  it.each(ROWS)('$when', ({ snapshot = {}, starts = {}, gate = {}, steady = false, waits, line }) => {
    const view = aView(snapshot, { gate });
    const conclusion = { deployments: [], completed: undefined, steady };
    const found = waitsOf(view, noStarts(view, starts), conclusion);
    expect(found).toEqual(waits);
    expect(waitingFor(view, found, conclusion)).toBe(line);
  });

  it('counts the stops of the plan among those under way', () => {
    const view = aView({ tasks: tasksOf({ stopping: 1 }) });
    const stop = { taskId: 't', stopCode: 'ServiceSchedulerInitiated', stoppedReason: '', because: 'scaleIn' } as const;
    const starts = noStarts(view, { stops: { ...noStops(view), stop: [stop] } });
    expect(waitsOf(view, starts, { deployments: [], completed: undefined, steady: false })).toEqual([
      { for: 'toStop', tasks: 2 },
    ]);
  });
});
