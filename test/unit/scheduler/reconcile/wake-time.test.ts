/** The next moment at which time alone changes a plan. */
import { describe, expect, it } from 'vitest';
import { wakeTime } from '../../../../scheduler/reconcile/wake-time.ts';
import type { RolloutGate } from '../../../../scheduler/service/gate.ts';
import {
  FAILED_DEPLOYMENT_SHOWN_MS,
  HEALTHY_AFTER_RUNNING_MS,
  STEADY_EVENT_EVERY_MS,
} from '../../../../scheduler/service/policy.ts';
import type { StartPlan } from '../../../../scheduler/service/start-plan.ts';
import { aDeployment, aRollout, aTask, NOW, OLD_ID, tasksOf } from '../../../support/service-builders.ts';
import { aView, noStarts, type Snapshot } from '../../../support/service-view.ts';

interface Row {
  readonly when: string;
  readonly snapshot?: Snapshot;
  readonly starts?: Partial<StartPlan>;
  readonly gate?: Partial<RolloutGate>;
  readonly steadySince?: number;
  /** After NOW, in ms; undefined: only news can change the plan. */
  readonly wakesIn: number | undefined;
}

/** A task that began to run so long ago. */
const ran = (ms: number, changes: Parameters<typeof aTask>[1] = {}) =>
  aTask(`ran-${ms}`, { startedAt: NOW - ms, ...changes });
const oldTask = { deploymentId: OLD_ID } as const;

const ROWS: readonly Row[] = [
  { when: 'nothing goes on', wakesIn: undefined },
  { when: 'tasks settle, and nothing waits for that', snapshot: { tasks: [ran(10_000)] }, wakesIn: undefined },
  {
    when: 'new tasks settle, and old ones wait to stop',
    snapshot: { deployments: aRollout(), tasks: [ran(10_000), aTask('old', oldTask)] },
    wakesIn: HEALTHY_AFTER_RUNNING_MS - 10_000,
  },
  {
    when: 'the task that settles first counts',
    snapshot: { deployments: aRollout(), tasks: [ran(10_000), ran(30_000), aTask('old', oldTask)] },
    wakesIn: HEALTHY_AFTER_RUNNING_MS - 30_000,
  },
  {
    when: 'an old task settles',
    snapshot: { deployments: aRollout(), tasks: [ran(5_000, oldTask)] },
    wakesIn: HEALTHY_AFTER_RUNNING_MS - 5_000,
  },
  {
    when: 'tasks settle, and one on a DRAINING instance waits to stop',
    snapshot: { tasks: [ran(10_000), ...tasksOf({ draining: 1 })] },
    wakesIn: HEALTHY_AFTER_RUNNING_MS - 10_000,
  },
  {
    when: 'a task that moves to another zone settles',
    snapshot: {
      definition: { desiredCount: 1, availabilityZoneRebalancing: 'ENABLED' },
      tasks: [aTask('there'), ran(10_000)],
      movingIds: ['ran-10000'],
    },
    wakesIn: HEALTHY_AFTER_RUNNING_MS - 10_000,
  },
  {
    when: 'new tasks have a health check: a report decides, not time',
    snapshot: { deployments: aRollout(), tasks: [...tasksOf({ unchecked: 1 }), aTask('old', oldTask)] },
    wakesIn: undefined,
  },
  {
    when: 'new tasks have yet to run',
    snapshot: { deployments: aRollout(), tasks: [...tasksOf({ pending: 1 }), aTask('old', oldTask)] },
    wakesIn: undefined,
  },
  {
    when: 'an unhealthy task is within its grace period',
    snapshot: {
      definition: { healthCheckGracePeriodSeconds: 60 },
      tasks: [ran(20_000, { hasHealthCheck: true, healthStatus: 'UNHEALTHY' })],
    },
    wakesIn: 40_000,
  },
  {
    when: 'an unhealthy task is beyond it',
    snapshot: {
      definition: { healthCheckGracePeriodSeconds: 60 },
      tasks: [ran(60_000, { hasHealthCheck: true, healthStatus: 'UNHEALTHY' })],
    },
    wakesIn: undefined,
  },
  { when: 'the service is steady', steadySince: NOW, wakesIn: STEADY_EVENT_EVERY_MS },
  {
    when: 'the service has been steady for an hour',
    steadySince: NOW - 3_600_000,
    wakesIn: STEADY_EVENT_EVERY_MS - 3_600_000,
  },
  { when: 'a start waits for a place', snapshot: { placementRetryAt: NOW + 9 }, starts: { wanted: 1 }, wakesIn: 9 },
  {
    when: 'a place is waited for, and nothing is wanted any more',
    snapshot: { placementRetryAt: NOW + 9 },
    wakesIn: undefined,
  },
  {
    when: 'a start waits for the throttle',
    snapshot: { throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW + 8 } },
    starts: { wanted: 1 },
    wakesIn: 8,
  },
  { when: 'a DAEMON service looks at its instances again', starts: { wakeAt: [NOW + 5, 0] }, wakesIn: 5 },
  { when: 'the gate opens', gate: { wakeAt: NOW + 4 }, wakesIn: 4 },
  { when: 'the gate has opened', gate: { wakeAt: NOW }, wakesIn: undefined },
  {
    when: 'a protected task waits to stop',
    snapshot: { deployments: aRollout(), tasks: [aTask('old', { ...oldTask, protectedUntil: NOW + 3 })] },
    wakesIn: 3,
  },
  {
    when: 'a protected task is wanted',
    snapshot: { tasks: [aTask('t', { protectedUntil: NOW + 3 })] },
    wakesIn: undefined,
  },
  {
    when: 'a deployment that failed is still shown',
    snapshot: {
      deployments: [
        aDeployment(),
        aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE', rolloutState: 'FAILED', updatedAt: NOW - 1_000 }),
      ],
    },
    wakesIn: FAILED_DEPLOYMENT_SHOWN_MS - 1_000,
  },
  {
    when: 'several of these: the first of them',
    snapshot: { placementRetryAt: NOW + 20 },
    starts: { wanted: 1, wakeAt: [NOW + 30] },
    gate: { wakeAt: NOW + 10 },
    steadySince: NOW,
    wakesIn: 10,
  },
];

describe('wakeTime', () => {
  it.each(ROWS)('$when', ({ snapshot = {}, starts = {}, gate = {}, steadySince, wakesIn }) => {
    const view = aView(snapshot, { gate });
    const wakeAt = wakeTime(view, noStarts(view, starts), steadySince);
    expect(wakeAt === undefined ? undefined : wakeAt - NOW).toBe(wakesIn);
  });
});
