/** The record of a service deployment that a plan has changed. */
import { describe, expect, it } from 'vitest';
import type { HookProgress, ServiceDeployment } from '../../../../model/service-deployment.ts';
import { deploymentProgress } from '../../../../scheduler/decisions/deployment-progress.ts';
import { planDecisions } from '../../../../scheduler/decisions/plan-decisions.ts';
import { planService } from '../../../../scheduler/reconcile/plan-service.ts';
import {
  aDeployment,
  aRollout,
  aServiceDeployment,
  aSnapshot,
  NEW_ID,
  NOW,
  OLD_ID,
  tasksOf,
} from '../../../support/service-builders.ts';

const hook = (status: HookProgress['status'], timeoutAction: HookProgress['timeoutAction'] = 'CONTINUE') => ({
  hookId: 'h',
  stage: 'SCALE_UP' as const,
  status,
  expiresAt: NOW,
  timeoutAction,
});

describe('deploymentProgress', () => {
  it.each([
    ['a beginning', { status: 'PENDING' }, { status: 'IN_PROGRESS', lifecycleStage: 'SCALE_UP' }, 'deploymentBegan'],
    ['a stage', { lifecycleStage: 'SCALE_UP' }, { lifecycleStage: 'BAKE_TIME' }, 'stageDone'],
    ['a hook reached', {}, { hooks: [hook('AWAITING_ACTION')] }, 'stageDone'],
    ['a hook expired', { hooks: [hook('AWAITING_ACTION')] }, { hooks: [hook('TIMED_OUT')] }, 'hookExpired'],
    ['a hook that had expired', { hooks: [hook('TIMED_OUT')] }, { lifecycleStage: 'BAKE_TIME' }, 'stageDone'],
    ['an end because of a newer deployment', { status: 'STOP_REQUESTED' }, { status: 'STOPPED' }, 'superseded'],
    ['another reason in words', { statusReason: 'a' }, { statusReason: 'b' }, undefined],
  ] as const)('%s', (_name, before, after, reason) => {
    const earlier = aServiceDeployment(before);
    const later = { ...earlier, ...after };
    const found = deploymentProgress({ serviceDeployments: [earlier] }, { serviceDeployments: [later] });
    expect(found.map((progress) => progress.reason)).toEqual(reason === undefined ? [] : [reason]);
  });

  it('is on record with the decision that explains it, and with no other', () => {
    const deployments = [aDeployment({ rolloutState: 'IN_PROGRESS' })];
    const serviceDeployments = [aServiceDeployment({ status: 'IN_PROGRESS', lifecycleStage: 'SCALE_UP' })];
    const snapshot = aSnapshot({ deployments, serviceDeployments, tasks: tasksOf({ healthy: 3 }) });
    expect(planDecisions(snapshot, planService(snapshot, NOW))).toMatchObject([
      { reasons: [{ reason: 'deploymentCompleted' }], changes: { status: ['IN_PROGRESS', 'SUCCESSFUL'] } },
    ]);
  });
});

describe('the end of a deployment', () => {
  const ending = (current: Partial<ServiceDeployment>) => {
    const serviceDeployments = [aServiceDeployment({ lifecycleStage: 'PRE_SCALE_UP', ...current })];
    const snapshot = aSnapshot({ deployments: aRollout(), serviceDeployments, tasks: tasksOf({ healthy: 3 }, 'old') });
    const drafts = planDecisions(snapshot, planService(snapshot, NOW));
    return drafts.map(({ deploymentId, reasons }) => [deploymentId, reasons[0]?.reason]);
  };

  it.each([
    ['ordered back', { status: 'ROLLBACK_REQUESTED' }, 'rollbackOrdered', 'rolledBackByOrder'],
    ['ordered to stop', { status: 'STOP_REQUESTED' }, 'stopOrdered', undefined],
    [
      'held for too long',
      { status: 'IN_PROGRESS', hooks: [hook('AWAITING_ACTION', 'ROLLBACK')] },
      'hookTimedOut',
      'rolledBackByTimeout',
    ],
  ] as const)('%s', (_name, current, end, back) => {
    const found = ending(current);
    expect(found).toContainEqual([NEW_ID, end]);
    expect(found.filter(([, reason]) => reason === 'circuitBreaker' || reason === 'rolledBack')).toEqual([]);
    if (back !== undefined) expect(found).toContainEqual([OLD_ID, back]);
  });
});
