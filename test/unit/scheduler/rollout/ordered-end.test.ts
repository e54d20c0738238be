/** Rollouts that a user or a hook's time-out ends. */
import { describe, expect, it } from 'vitest';
import type { HookProgress, ServiceDeployment } from '../../../../model/service-deployment.ts';
import type { Deployment } from '../../../../model/service.ts';
import { carryOut, endOrder, type EndOrder } from '../../../../scheduler/rollout/ordered-end.ts';
import { USER_ROLLBACK_REASON, USER_STOP_REASON } from '../../../../scheduler/rollout/service-deployments.ts';
import { aDeployment, aRollout, aServiceDeployment, NEW_ID, OLD_ID } from '../../../support/service-builders.ts';

const TIMED_OUT = { stage: 'POST_SCALE_UP', hookId: 'h1' } as HookProgress;

describe('endOrder', () => {
  it.each<[string, Partial<ServiceDeployment>, HookProgress | undefined, Partial<EndOrder> | undefined]>([
    ['nothing is ordered', {}, undefined, undefined],
    [
      'a stop is requested',
      { status: 'STOP_REQUESTED' },
      undefined,
      { rollback: false, because: 'stopOrdered', reason: USER_STOP_REASON, cause: 'stopped by user.' },
    ],
    [
      'a stop is requested with a reason',
      { status: 'STOP_REQUESTED', statusReason: 'too slow' },
      undefined,
      { rollback: false, reason: 'too slow' },
    ],
    ['a rollback is aborted', { abortRequested: true }, undefined, { rollback: false, because: 'stopOrdered' }],
    [
      'a rollback is aborted that was requested',
      { abortRequested: true, status: 'ROLLBACK_REQUESTED' },
      undefined,
      { rollback: false, because: 'stopOrdered' },
    ],
    [
      'a rollback is requested',
      { status: 'ROLLBACK_REQUESTED' },
      undefined,
      { rollback: true, because: 'rollbackOrdered', reason: USER_ROLLBACK_REASON },
    ],
    [
      'a hook timed out',
      {},
      TIMED_OUT,
      {
        rollback: true,
        because: 'hookTimedOut',
        backBecause: 'rolledBackByTimeout',
        reason: 'Service deployment rolled back because the lifecycle hook h1 timed out at the stage POST_SCALE_UP.',
      },
    ],
    [
      'a stop is requested while a hook timed out',
      { status: 'STOP_REQUESTED' },
      TIMED_OUT,
      { rollback: false, because: 'stopOrdered' },
    ],
    [
      'a rollback is requested while a hook timed out',
      { status: 'ROLLBACK_REQUESTED' },
      TIMED_OUT,
      { rollback: true, because: 'rollbackOrdered' },
    ],
  ])('%s', (_name, changes, timedOut, expected) => {
    const order = endOrder(aServiceDeployment(changes), timedOut);
    if (expected === undefined) expect(order).toBeUndefined();
    else expect(order).toMatchObject(expected);
  });
});

describe('carryOut', () => {
  const stop = endOrder(aServiceDeployment({ status: 'STOP_REQUESTED' }), undefined)!;
  const rollback = endOrder(aServiceDeployment({ status: 'ROLLBACK_REQUESTED' }), undefined)!;
  const neverCompleted = [
    aDeployment({ rolloutState: 'IN_PROGRESS' }),
    aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE', rolloutState: 'FAILED' }),
  ];

  it.each<[string, EndOrder, readonly Deployment[], readonly (readonly [string, string])[]]>([
    ['a stop ends the PRIMARY deployment alone', stop, aRollout(), [['fail', NEW_ID]]],
    [
      'a rollback goes back to the last completed one',
      rollback,
      aRollout(),
      [
        ['fail', NEW_ID],
        ['rollBack', OLD_ID],
      ],
    ],
    ['a rollback without a completed deployment only stops', rollback, neverCompleted, [['fail', NEW_ID]]],
    ['nothing ends without a PRIMARY deployment', rollback, [], []],
  ])('%s', (_name, order, deployments, expected) => {
    const verdict = carryOut(order, deployments);
    expect(verdict.decisions.map((one) => [one.kind, one.deploymentId])).toEqual(expected);
    expect(verdict.target?.deploymentId).toBe(expected[1]?.[1]);
    expect(verdict.failed?.deploymentId).toBe(expected.length > 0 ? NEW_ID : undefined);
  });

  it('says in each deployment why it ended or is back', () => {
    expect(carryOut(rollback, aRollout()).decisions).toEqual([
      {
        kind: 'fail',
        deploymentId: NEW_ID,
        rolloutStateReason: `ECS deployment ${NEW_ID} failed: rollback requested by user.`,
        because: 'rollbackOrdered',
      },
      {
        kind: 'rollBack',
        deploymentId: OLD_ID,
        rolloutStateReason: `ECS deployment rolling back to deploymentId ${OLD_ID}.`,
        because: 'rolledBackByOrder',
      },
    ]);
  });
});
