/** When a deployment is complete, when an older one leaves the list, and when the service is steady. */
import { describe, expect, it } from 'vitest';
import { conclude, rolloutFacts } from '../../../../scheduler/reconcile/conclude.ts';
import { FAILED_DEPLOYMENT_SHOWN_MS } from '../../../../scheduler/service/policy.ts';
import type { StartPlan } from '../../../../scheduler/service/start-plan.ts';
import {
  aDeployment,
  aRollout,
  aServiceDeployment,
  aTask,
  NEW_ID,
  NOW,
  OLD_ID,
  tasksOf,
  type TaskKind,
} from '../../../support/service-builders.ts';
import { aView, noStarts, type Snapshot } from '../../../support/service-view.ts';

type Counts = Partial<Record<TaskKind, number>>;

interface Row {
  readonly when: string;
  readonly new?: Counts;
  readonly old?: Counts;
  readonly snapshot?: Snapshot;
  readonly starts?: Partial<StartPlan>;
  readonly completes?: boolean;
  readonly removes?: readonly string[];
  readonly steady?: boolean;
}

const concluded = ({ new: current = {}, old = {}, snapshot = {}, starts = {} }: Row) => {
  const tasks = [...tasksOf(current), ...tasksOf(old, 'old')];
  const view = aView({ deployments: aRollout(), tasks, ...snapshot });
  const { deployments, completed, steady } = conclude(view, noStarts(view, starts));
  return {
    completes: completed !== undefined,
    removes: deployments.flatMap((decision) => (decision.kind === 'remove' ? [decision.deploymentId] : [])),
    steady,
  };
};

const EARLY: Snapshot['definition'] = {
  desiredCount: 4,
  earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' },
};

const ROLLOUTS: readonly Row[] = [
  {
    when: 'all new tasks run, none is left of the old ones',
    new: { healthy: 3 },
    completes: true,
    removes: [OLD_ID],
    steady: true,
  },
  {
    when: 'new tasks without a health check need not have run for long',
    new: { settling: 3 },
    completes: true,
    removes: [OLD_ID],
    steady: true,
  },
  { when: 'new tasks have passed their check', new: { checked: 3 }, completes: true, removes: [OLD_ID], steady: true },
  { when: 'a new task has no verdict yet', new: { checked: 2, unchecked: 1 }, removes: [OLD_ID] },
  { when: 'a new task is pending', new: { healthy: 2, pending: 1 }, removes: [OLD_ID] },
  { when: 'a new task is missing', new: { healthy: 2 }, starts: { wanted: 1 }, removes: [OLD_ID] },
  { when: 'an old task runs', new: { healthy: 3 }, old: { healthy: 1 } },
  { when: 'an old task stops', new: { healthy: 3 }, old: { stopping: 1 } },
  {
    when: 'a new task stops beside enough others',
    new: { healthy: 3, stopping: 1 },
    completes: true,
    removes: [OLD_ID],
  },
  { when: 'there are too many', new: { healthy: 4 }, completes: true, removes: [OLD_ID] },
  {
    when: 'an old deployment without tasks gets some in this plan',
    new: { healthy: 2 },
    starts: { wanted: 1, start: [{ deploymentId: OLD_ID, count: 1, replaces: [], because: [] }] },
  },
  {
    when: 'nothing is wanted',
    snapshot: { definition: { desiredCount: 0 }, tasks: [] },
    completes: true,
    removes: [OLD_ID],
    steady: true,
  },
];

describe('a rollout', () => {
  it.each(ROLLOUTS)('$when', (row) => {
    const { completes = false, removes = [], steady = false } = row;
    expect(concluded(row)).toEqual({ completes, removes, steady });
  });
});

const COMPLETED: readonly Row[] = [
  { when: 'all run', new: { healthy: 3 }, steady: true },
  { when: 'one is pending', new: { healthy: 2, pending: 1 } },
  { when: 'one is unhealthy', new: { checked: 2, unhealthy: 1 } },
  { when: 'one is beside the desired count', new: { healthy: 4 } },
  { when: 'one stops', new: { healthy: 3, stopping: 1 } },
  { when: 'one is on a DRAINING instance, and its replacement runs', new: { healthy: 3, draining: 1 } },
  { when: 'one is missing', new: { healthy: 2 }, starts: { wanted: 1 } },
  {
    when: 'one is unhealthy within its grace period',
    new: { healthy: 2, unhealthy: 1 },
    snapshot: { definition: { healthCheckGracePeriodSeconds: 7_200 } },
  },
];

describe('a deployment that has completed', () => {
  it.each(COMPLETED)('does not complete again; the service is steady or not: $when', (row) => {
    const snapshot = { deployments: [aDeployment()], ...row.snapshot };
    expect(concluded({ ...row, snapshot })).toEqual({ completes: false, removes: [], steady: row.steady ?? false });
  });
});

describe('a deployment that has FAILED', () => {
  it('is never complete, and its service never steady', () => {
    const snapshot = { deployments: [aDeployment({ rolloutState: 'FAILED' })] };
    expect(concluded({ when: '', new: { healthy: 3 }, snapshot })).toEqual({
      completes: false,
      removes: [],
      steady: false,
    });
  });

  it.each([
    ['is shown for a minute after its rollback', 1, []],
    ['leaves then', 0, [OLD_ID]],
  ])('%s', (_name, leftMs, removes) => {
    const updatedAt = NOW - FAILED_DEPLOYMENT_SHOWN_MS + leftMs;
    const failed = aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE', rolloutState: 'FAILED', updatedAt });
    const row = { when: '', new: { healthy: 3 }, snapshot: { deployments: [aDeployment(), failed] } };
    expect(concluded(row).removes).toEqual(removes);
  });
});

describe('a rollback target', () => {
  const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } } as const;
  it.each<[string, Snapshot, readonly string[]]>([
    ['leaves without a breaker', {}, [OLD_ID]],
    ['stays while the breaker may go back to it', { definition: breaker }, []],
    ['stays while a user may order it back', { serviceDeployments: [aServiceDeployment()] }, []],
    [
      'leaves when the service deployment has ended',
      { serviceDeployments: [aServiceDeployment({ status: 'STOPPED' })] },
      [OLD_ID],
    ],
  ])('%s', (_name, snapshot, removes) => {
    expect(concluded({ when: '', new: { healthy: 1, pending: 2 }, snapshot }).removes).toEqual(removes);
  });

  it('leaves with the completion of the deployment that it was kept for', () => {
    const row = { when: '', new: { healthy: 3 }, snapshot: { definition: breaker } };
    expect(concluded(row)).toEqual({ completes: true, removes: [OLD_ID], steady: true });
  });

  it('is the newest that completed: an older one leaves', () => {
    const older = aDeployment({ deploymentId: 'ecs-svc/older', status: 'ACTIVE' });
    const row = {
      when: '',
      new: { pending: 3 },
      snapshot: { definition: breaker, deployments: [...aRollout(), older] },
    };
    expect(concluded(row).removes).toEqual(['ecs-svc/older']);
  });
});

describe('early success', () => {
  it.each<[string, Counts, Counts, Snapshot['definition'], boolean]>([
    ['half of the new tasks are ready', { settling: 2, pending: 2 }, { healthy: 2 }, {}, true],
    ['fewer are ready', { settling: 1, pending: 3 }, { healthy: 2 }, {}, false],
    [
      'it is not enabled',
      { settling: 2, pending: 2 },
      {},
      { earlySuccessCriteria: { enable: false, healthyPercent: 50 } },
      false,
    ],
    [
      'old tasks must go first and are there',
      { settling: 2, pending: 2 },
      { healthy: 1 },
      { earlySuccessCriteria: { enable: true, healthyPercent: 50 } },
      false,
    ],
  ])('%s', (...[, current, old, definition, completes]) => {
    const snapshot = { definition: { ...EARLY, ...definition } };
    expect(concluded({ when: '', new: current, old, snapshot }).completes).toBe(completes);
  });

  it('says nothing of a rollback, which needs all its tasks', () => {
    const deployments = [aDeployment({ rolloutState: 'IN_PROGRESS', rolledBackAt: NOW - 1 })];
    expect(concluded({ when: '', new: { settling: 2 }, snapshot: { definition: EARLY, deployments } }).completes).toBe(
      false,
    );
  });
});

it.each(['DRAINING', 'INACTIVE'] as const)('nothing is concluded of a service that is %s', (status) => {
  const row = { when: '', new: { healthy: 3 }, snapshot: { status } };
  expect(concluded(row)).toEqual({ completes: false, removes: [], steady: false });
});

it('a plan that removes and completes names the removals first', () => {
  const view = aView({ deployments: aRollout(), tasks: tasksOf({ healthy: 3 }) });
  expect(conclude(view, noStarts(view)).deployments.map(({ kind, deploymentId }) => [kind, deploymentId])).toEqual([
    ['remove', OLD_ID],
    ['complete', NEW_ID],
  ]);
});

describe('rolloutFacts', () => {
  it.each<[string, Counts, Counts, { ready: number; oldLeft: boolean }]>([
    ['no tasks', {}, {}, { ready: 0, oldLeft: false }],
    [
      'tasks of every kind',
      { healthy: 1, settling: 1, checked: 1, unchecked: 1, pending: 1 },
      {},
      { ready: 3, oldLeft: false },
    ],
    ['tasks that do not count', { unhealthy: 1, draining: 1, stopping: 1 }, {}, { ready: 0, oldLeft: false }],
    ['an old task', { healthy: 3 }, { pending: 1 }, { ready: 3, oldLeft: true }],
    ['an old task that stops', { healthy: 3 }, { stopping: 1 }, { ready: 3, oldLeft: true }],
  ])('%s', (_name, current, old, facts) => {
    const tasks = [...tasksOf(current), ...tasksOf(old, 'old')];
    expect(rolloutFacts(aView({ deployments: aRollout(), tasks }))).toMatchObject({ ...facts, desired: 3, now: NOW });
  });

  it('counts a task of a forgotten deployment as old', () => {
    const view = aView({ tasks: [aTask('t', { deploymentId: 'gone', desiredStatus: 'STOPPED' })] });
    expect(rolloutFacts(view).oldLeft).toBe(true);
  });
});
