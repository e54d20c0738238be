/** The decisions that a plan puts on record. */
import { describe, expect, it } from 'vitest';
import type { WaitReason } from '../../../../model/decision.ts';
import { holdsUp, planDecisions, reasonsOf, waitDecision } from '../../../../scheduler/decisions/plan-decisions.ts';
import type { DeploymentDecision, ServicePlan, StopDecision } from '../../../../scheduler/service/types.ts';
import { aRollout, aSnapshot, aTask, NEW_ID, NOW, OLD_ID } from '../../../support/service-builders.ts';

const BOUNDS = { desired: 3, lower: 3, upper: 6 };

const aPlan = (changes: Partial<ServicePlan> = {}): ServicePlan => ({
  start: [],
  stop: [],
  deployments: [],
  events: [],
  actions: [],
  notedAt: {},
  becomesInactive: false,
  waits: [],
  waitingFor: '',
  bounds: BOUNDS,
  ...changes,
});

const aStop = (taskId: string, changes: Partial<StopDecision> = {}): StopDecision => ({
  taskId,
  stopCode: 'ServiceSchedulerInitiated',
  stoppedReason: 'Scaling activity',
  because: 'scaleIn',
  ...changes,
});

describe('stops of a plan', () => {
  const tasks = [aTask('a'), aTask('b', { containerInstanceId: 'i2' }), aTask('c', { deploymentId: OLD_ID })];
  const groupsOf = (stop: readonly StopDecision[]) =>
    planDecisions(aSnapshot({ tasks }), aPlan({ stop })).map((draft) => draft.tasks.map(({ taskId }) => taskId));

  it.each<[string, readonly StopDecision[], readonly (readonly string[])[]]>([
    ['none', [], []],
    ['one decision for the same reason', [aStop('a'), aStop('b')], [['a', 'b']]],
    ['one for each reason', [aStop('a'), aStop('b', { because: 'makeRoom' })], [['a'], ['b']]],
    ['one for each text', [aStop('a'), aStop('b', { stoppedReason: 'other' })], [['a'], ['b']]],
    ['one for each deployment', [aStop('a'), aStop('c')], [['a'], ['c']]],
    ['together even if others are in between', [aStop('a'), aStop('c'), aStop('b')], [['a', 'b'], ['c']]],
  ])('%s', (_name, stop, expected) => expect(groupsOf(stop)).toEqual(expected));

  it('tell the bounds, the text, the deployment and where the tasks were', () => {
    expect(planDecisions(aSnapshot({ tasks }), aPlan({ stop: [aStop('a'), aStop('b')] }))).toEqual([
      {
        reasons: [{ reason: 'scaleIn', count: 2 }],
        deploymentId: NEW_ID,
        tasks: [
          { taskId: 'a', containerInstanceId: 'i1' },
          { taskId: 'b', containerInstanceId: 'i2' },
        ],
        bounds: BOUNDS,
        facts: { stoppedReason: 'Scaling activity' },
      },
    ]);
  });
});

describe('decisions on deployments', () => {
  const fail = { kind: 'fail', deploymentId: NEW_ID, rolloutStateReason: '', because: 'circuitBreaker' } as const;
  const back = {
    kind: 'rollBack',
    deploymentId: OLD_ID,
    rolloutStateReason: '',
    because: 'rolledBackByOrder',
  } as const;
  const draftsOf = (...deployments: readonly DeploymentDecision[]) =>
    planDecisions(aSnapshot({ deployments: aRollout() }), aPlan({ deployments }));

  it.each<[string, DeploymentDecision, readonly (readonly string[])[]]>([
    ['count', { kind: 'count', deploymentId: NEW_ID, failures: 2 }, []],
    ['stability', { kind: 'stability', deploymentId: NEW_ID, status: 'STEADY_STATE' }, []],
    ['complete', { kind: 'complete', deploymentId: NEW_ID, rolloutStateReason: '' }, [['deploymentCompleted', NEW_ID]]],
    ['remove', { kind: 'remove', deploymentId: OLD_ID }, [['deploymentRemoved', OLD_ID]]],
    ['fail', fail, [['circuitBreaker', NEW_ID]]],
    ['rollBack', back, [['rolledBackByOrder', OLD_ID]]],
  ])('%s', (_kind, decision, expected) => {
    const drafts = draftsOf(decision);
    expect(drafts.map(({ reasons, deploymentId }) => [reasons[0]?.reason, deploymentId])).toEqual(expected);
  });

  it('a tripped circuit breaker tells the failures with those that this plan counts, and the threshold', () => {
    const [draft] = draftsOf(
      { kind: 'count', deploymentId: NEW_ID, failures: 3 },
      { kind: 'count', deploymentId: OLD_ID, failures: 5 },
      fail,
    );
    expect(draft?.facts).toEqual({ failedTasks: 3, threshold: 3 });
  });

  it('a return names the deployment that it replaces', () => {
    expect(draftsOf(back)[0]?.facts).toEqual({ insteadOf: NEW_ID });
  });
});

describe('waits of a plan', () => {
  it.each<[WaitReason, boolean]>([
    ['placement', true],
    ['throttle', true],
    ['bounds', true],
    ['failedDeployment', true],
    ['toRun', false],
    ['toBecomeHealthy', false],
    ['toBeReplaced', false],
    ['protection', false],
    ['toStop', false],
    ['lifecycleHook', false],
    ['bakeTime', false],
  ])('%s holds the service up: %s', (reason, expected) => {
    expect(
      holdsUp({
        waits: [
          { for: 'toRun', tasks: 1 },
          { for: reason, tasks: 1 },
        ],
      }),
    ).toBe(expected);
  });

  it('are no decision when there are none', () => expect(waitDecision(aSnapshot(), aPlan())).toBeUndefined());

  it('are one decision, until the first time that is known', () => {
    const waits = [
      { for: 'toRun', tasks: 2 },
      { for: 'throttle', tasks: 1, until: NOW + 5 },
      { for: 'bakeTime', tasks: 0, until: NOW + 9 },
    ] as const;
    expect(waitDecision(aSnapshot(), aPlan({ waits }))).toEqual({
      reasons: [
        { reason: 'toRun', count: 2 },
        { reason: 'throttle', count: 1 },
        { reason: 'bakeTime', count: 0 },
      ],
      deploymentId: NEW_ID,
      tasks: [],
      bounds: BOUNDS,
      until: NOW + 5,
    });
  });
});

describe('reasonsOf', () => {
  const [first, second] = ['scaleOut', 'replaceStopped'] as const;
  const because = [
    { reason: first, count: 2 },
    { reason: second, count: 3 },
  ];

  it.each<[skip: number, count: number, ofFirst: number, ofSecond: number]>([
    [0, 5, 2, 3],
    [0, 2, 2, 0],
    [1, 2, 1, 1],
    [2, 3, 0, 3],
    [4, 1, 0, 1],
    [4, 9, 0, 1],
    [5, 1, 0, 0],
    [0, 0, 0, 0],
  ])('after %i, %i tasks: %i of the first reason, %i of the second', (skip, count, ofFirst, ofSecond) => {
    const expected = [
      { reason: first, count: ofFirst },
      { reason: second, count: ofSecond },
    ].filter((entry) => entry.count > 0);
    expect(reasonsOf(because, skip, count)).toEqual(expected);
  });
});
