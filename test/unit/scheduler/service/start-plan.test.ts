/** What the old deployments lack during a rollout, and whether the new one comes up. */
import { describe, expect, it } from 'vitest';
import type { RolloutGate } from '../../../../scheduler/service/gate.ts';
import { fallback, isFailing, owedByOld } from '../../../../scheduler/service/start-plan.ts';
import { aDeployment, aPendingTask, aRollout, aTask, NOW, OLD_ID, tasksOf } from '../../../support/service-builders.ts';
import { aView, noStops, type Snapshot } from '../../../support/service-view.ts';

const HOLDS = { holdsStarts: true, keepsOld: true } as const;
const failures = (consecutiveStartFailures: number): Snapshot => ({ throttle: { consecutiveStartFailures } });

describe('isFailing', () => {
  it.each<[string, Snapshot, Partial<RolloutGate>, boolean]>([
    ['a deployment without tasks', {}, {}, false],
    ['tasks on their way', { tasks: tasksOf({ pending: 2, settling: 1 }) }, {}, false],
    ['two failed starts', failures(2), {}, false],
    ['three failed starts', failures(3), {}, true],
    ['an unhealthy task', { tasks: tasksOf({ checked: 2, unhealthy: 1 }) }, {}, true],
    ['an unhealthy task of the old deployment', { tasks: tasksOf({ unhealthy: 1 }, 'old') }, {}, false],
    [
      'an unhealthy task within its grace period',
      { definition: { healthCheckGracePeriodSeconds: 7_200 }, tasks: tasksOf({ unhealthy: 1 }) },
      {},
      false,
    ],
    ['a deployment that has FAILED', { deployments: [aDeployment({ rolloutState: 'FAILED' })] }, {}, true],
    ['a hook that holds its starts', {}, HOLDS, true],
  ])('%s: %s', (...[, snapshot, gate, expected]) => {
    expect(isFailing(aView({ deployments: aRollout(), ...snapshot }, { gate }))).toBe(expected);
  });
});

describe('the deployment that lost tasks are replaced from', () => {
  const older = aDeployment({ deploymentId: 'ecs-svc/0000000000000000000', status: 'ACTIVE' });
  const failed = aDeployment({ deploymentId: 'ecs-svc/failed', status: 'ACTIVE', rolloutState: 'FAILED' });
  const ofOlder = aTask('older', { deploymentId: older.deploymentId });
  const ofFailed = aTask('failed', { deploymentId: failed.deploymentId });
  const [primary, old] = aRollout() as [ReturnType<typeof aDeployment>, ReturnType<typeof aDeployment>];
  it.each<[string, Snapshot, Partial<RolloutGate>, string | undefined]>([
    ['none while only PRIMARY has tasks', { tasks: tasksOf({ healthy: 3 }) }, {}, undefined],
    ['the old one that has tasks', { tasks: tasksOf({ healthy: 1 }, 'old') }, {}, OLD_ID],
    ['the old one whose last task stops', { tasks: tasksOf({ stopping: 1 }, 'old') }, {}, OLD_ID],
    [
      'the newest that has tasks',
      { deployments: [primary, old, older], tasks: [ofOlder, ...tasksOf({ healthy: 1 }, 'old')] },
      {},
      OLD_ID,
    ],
    [
      'an older one where the newest has none',
      { deployments: [primary, old, older], tasks: [ofOlder] },
      {},
      older.deploymentId,
    ],
    [
      'never one that failed',
      { deployments: [primary, failed, old], tasks: [ofFailed, ...tasksOf({ healthy: 1 }, 'old')] },
      {},
      OLD_ID,
    ],
    ['the newest completed one, with tasks or without, while a hook holds', { tasks: [] }, HOLDS, OLD_ID],
    ['none where none has completed', { deployments: [primary, failed], tasks: [ofFailed] }, HOLDS, undefined],
  ])('%s', (_name, snapshot, gate, expected) => {
    const view = aView({ deployments: aRollout(), ...snapshot }, { gate });
    expect(fallback(view)?.deploymentId).toBe(expected);
  });
});

interface Row {
  readonly when: string;
  readonly snapshot?: Snapshot;
  readonly gate?: Partial<RolloutGate>;
  /** Of the PRIMARY deployment, in the same plan. */
  readonly newStarts?: number;
  readonly owed: number;
}

/** Three are wanted, and all three must remain. */
const ROWS: readonly Row[] = [
  { when: 'all old tasks serve', snapshot: { tasks: tasksOf({ healthy: 3 }, 'old') }, owed: 0 },
  { when: 'one is lost and nothing arrives', snapshot: { tasks: tasksOf({ healthy: 2 }, 'old') }, owed: 1 },
  {
    when: 'one is lost and a new one starts in this plan',
    snapshot: { tasks: tasksOf({ healthy: 2 }, 'old') },
    newStarts: 1,
    owed: 0,
  },
  {
    when: 'one is lost and a new one is pending',
    snapshot: { tasks: [...tasksOf({ healthy: 2 }, 'old'), ...tasksOf({ pending: 1 })] },
    owed: 0,
  },
  {
    when: 'one is lost and a new one settles',
    snapshot: { tasks: [...tasksOf({ healthy: 2 }, 'old'), ...tasksOf({ settling: 1 })] },
    owed: 0,
  },
  {
    when: 'one is lost and a new one is healthy',
    snapshot: { tasks: [...tasksOf({ healthy: 2 }, 'old'), ...tasksOf({ checked: 1 })] },
    owed: 0,
  },
  {
    when: 'the new ones fail: what is on its way promises nothing',
    snapshot: { ...failures(3), tasks: [...tasksOf({ healthy: 2 }, 'old'), ...tasksOf({ pending: 1 })] },
    newStarts: 2,
    owed: 1,
  },
  {
    when: 'a replacement of the old revision settles',
    snapshot: { ...failures(3), tasks: tasksOf({ healthy: 2, settling: 1 }, 'old') },
    owed: 0,
  },
  {
    when: 'a replacement of the old revision is pending',
    snapshot: {
      ...failures(3),
      tasks: [...tasksOf({ healthy: 2 }, 'old'), aPendingTask('r', { deploymentId: OLD_ID, createdAt: NOW })],
    },
    owed: 0,
  },
  {
    when: 'a pending old task from before the rollout does not count',
    snapshot: { ...failures(3), tasks: tasksOf({ healthy: 2, pending: 1 }, 'old') },
    owed: 1,
  },
  {
    when: 'an old task that stops does not count',
    snapshot: { tasks: tasksOf({ healthy: 2, stopping: 1 }, 'old') },
    owed: 1,
  },
  {
    when: 'an old task that is unhealthy does not count',
    snapshot: { tasks: tasksOf({ checked: 2, unhealthy: 1 }, 'old') },
    owed: 1,
  },
  {
    when: 'an old healthy task on a DRAINING instance counts',
    snapshot: { tasks: tasksOf({ healthy: 2, draining: 1 }, 'old') },
    owed: 0,
  },
  {
    when: 'fewer must remain',
    snapshot: { definition: { minimumHealthyPercent: 50 }, tasks: tasksOf({ healthy: 2 }, 'old') },
    owed: 0,
  },
  {
    when: 'none must remain',
    snapshot: { definition: { minimumHealthyPercent: 0 }, tasks: tasksOf({ stopping: 1 }, 'old') },
    owed: 0,
  },
  { when: 'no old deployment has a task left', snapshot: { tasks: [] }, owed: 0 },
  {
    when: 'a hook holds: back to the desired count, whatever must remain',
    snapshot: { definition: { minimumHealthyPercent: 0 }, tasks: tasksOf({ healthy: 1 }, 'old') },
    gate: HOLDS,
    owed: 2,
  },
  {
    when: 'a hook holds: a pending old task counts, however old it is',
    snapshot: { tasks: tasksOf({ healthy: 2, pending: 1 }, 'old') },
    gate: HOLDS,
    owed: 0,
  },
  {
    when: 'a hook holds: what starts of the new ones does not count',
    snapshot: { tasks: tasksOf({ healthy: 2 }, 'old') },
    gate: HOLDS,
    newStarts: 1,
    owed: 1,
  },
  { when: 'more serve than are wanted', snapshot: { tasks: tasksOf({ healthy: 5 }, 'old') }, owed: 0 },
];

describe('owedByOld', () => {
  it.each(ROWS)('$when: $owed', ({ snapshot, gate = {}, newStarts = 0, owed }) => {
    const view = aView({ deployments: aRollout(), ...snapshot }, { gate });
    expect(owedByOld(view, noStops(view), newStarts)).toBe(owed);
  });
});
