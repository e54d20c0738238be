/** Service deployments follow the plans. */
import { describe, expect, it } from 'vitest';
import type { ServiceDeployment } from '../../../../model/service-deployment.ts';
import type { DeploymentDecision } from '../../../../scheduler/service/types.ts';
import {
  moved,
  settleServiceDeployments,
  startServiceDeployment,
  stopServiceDeployments,
  underWay,
} from '../../../../scheduler/rollout/service-deployments.ts';
import { aDeployment, aServiceDeployment, NEW_ID, NOW, OLD_ID } from '../../../support/service-builders.ts';

const OLD = aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE', serviceRevisionId: '1' });
const NEW = aDeployment({ serviceRevisionId: '2', rolloutState: 'IN_PROGRESS' });
const ROLLBACK = { reason: 'x', startedAt: NOW, revisionId: '1', deploymentId: OLD_ID };

const complete = (deploymentId: string): DeploymentDecision => ({
  kind: 'complete',
  deploymentId,
  rolloutStateReason: '',
});
const fail = (deploymentId: string): DeploymentDecision => ({
  kind: 'fail',
  deploymentId,
  rolloutStateReason: '',
  because: 'circuitBreaker',
});
const back: DeploymentDecision = {
  kind: 'rollBack',
  deploymentId: OLD_ID,
  rolloutStateReason: '',
  because: 'rolledBack',
};

const settle = (
  deployment: Partial<ServiceDeployment>,
  decisions: readonly DeploymentDecision[] = [],
  more: { reason?: string; breakerTriggered?: boolean } = {},
): ServiceDeployment => {
  const facts = { decisions, deployments: [NEW, OLD], breakerTriggered: false, ...more };
  return settleServiceDeployments([aServiceDeployment(deployment)], facts, NOW)[0]!;
};

describe('a service deployment follows the plan', () => {
  it.each([
    ['PENDING', [], 'IN_PROGRESS'],
    ['PENDING', [complete(NEW_ID)], 'SUCCESSFUL'],
    ['IN_PROGRESS', [], 'IN_PROGRESS'],
    ['IN_PROGRESS', [complete(NEW_ID)], 'SUCCESSFUL'],
    ['IN_PROGRESS', [complete(OLD_ID)], 'IN_PROGRESS'],
    ['IN_PROGRESS', [fail(NEW_ID), back], 'ROLLBACK_IN_PROGRESS'],
    ['IN_PROGRESS', [fail(NEW_ID), back, complete(OLD_ID)], 'ROLLBACK_SUCCESSFUL'],
    ['IN_PROGRESS', [fail(NEW_ID)], 'STOPPED'],
    ['STOP_REQUESTED', [fail(NEW_ID)], 'STOPPED'],
    ['ROLLBACK_REQUESTED', [fail(NEW_ID), back], 'ROLLBACK_IN_PROGRESS'],
    ['ROLLBACK_REQUESTED', [fail(NEW_ID)], 'STOPPED'],
    ['SUCCESSFUL', [complete(NEW_ID)], 'SUCCESSFUL'],
  ] as const)('%s with %j becomes %s', (status, decisions, after) => {
    expect(settle({ status }, decisions).status).toBe(after);
  });

  it.each([
    [[complete(OLD_ID)], 'ROLLBACK_SUCCESSFUL'],
    [[fail(OLD_ID)], 'ROLLBACK_FAILED'],
    [[complete(NEW_ID)], 'ROLLBACK_IN_PROGRESS'],
  ] as const)('a rollback with %j becomes %s', (decisions, after) => {
    expect(settle({ status: 'ROLLBACK_IN_PROGRESS', rollback: ROLLBACK }, decisions).status).toBe(after);
  });

  it('records when it started and when it ended', () => {
    const begun = settle({ status: 'PENDING', version: 1 });
    expect(begun).toMatchObject({ startedAt: NOW, updatedAt: NOW, version: 2 });
    expect(begun).not.toHaveProperty('finishedAt');
    expect(settle({}, [complete(NEW_ID)])).toMatchObject({ finishedAt: NOW, lifecycleStage: 'CLEAN_UP' });
    expect(settle({}, [fail(NEW_ID)])).toMatchObject({ finishedAt: NOW, stoppedAt: NOW });
  });

  it('names its rollback target and the reason', () => {
    const triggered = settle({}, [fail(NEW_ID), back], { breakerTriggered: true });
    expect(triggered).toMatchObject({
      breakerTriggered: true,
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      rollback: { startedAt: NOW, revisionId: '1', deploymentId: OLD_ID },
    });
    expect(settle({}, [fail(NEW_ID), back], { reason: 'why' })).toMatchObject({ rollback: { reason: 'why' } });
  });

  it('ends the hooks that were still waiting', () => {
    const hook = { hookId: 'h', stage: 'PRE_SCALE_UP', expiresAt: NOW, timeoutAction: 'ROLLBACK' } as const;
    const hooks = [
      { ...hook, status: 'SUCCEEDED' },
      { ...hook, status: 'AWAITING_ACTION' },
    ] as const;
    expect(settle({ hooks }, [fail(NEW_ID), back]).hooks?.map(({ status }) => status)).toEqual(['SUCCEEDED', 'FAILED']);
  });

  it('leaves unaffected deployments unchanged', () => {
    const deployment = aServiceDeployment();
    const facts = { decisions: [], deployments: [NEW], breakerTriggered: false };
    expect(settleServiceDeployments([deployment], facts, NOW)[0]).toBe(deployment);
  });
});

describe('a new service deployment', () => {
  const start = (status: ServiceDeployment['status']) =>
    startServiceDeployment(
      [aServiceDeployment({ status })],
      { serviceDeploymentId: 'new', deployment: NEW, sources: [OLD, OLD] },
      NOW,
    );

  it('begins PENDING with its source revisions', () => {
    expect(start('SUCCESSFUL')).toEqual([
      {
        serviceDeploymentId: 'new',
        deploymentId: NEW_ID,
        targetRevisionId: '2',
        sourceRevisionIds: ['1'],
        status: 'PENDING',
        createdAt: NOW,
        updatedAt: NOW,
        version: 1,
      },
    ]);
  });

  it.each([
    ['PENDING', 'STOP_REQUESTED'],
    ['IN_PROGRESS', 'STOP_REQUESTED'],
    ['STOP_REQUESTED', 'STOP_REQUESTED'],
    ['ROLLBACK_REQUESTED', 'STOPPED'],
    ['ROLLBACK_IN_PROGRESS', 'ROLLBACK_FAILED'],
  ] as const)('supersedes one that is %s: %s', (before, after) => {
    expect(start(before).map(({ status }) => status)).toEqual(['PENDING', after]);
  });

  it('stops the superseded deployment with the next plan', () => {
    const facts = { decisions: [complete(OLD_ID)], deployments: [NEW, OLD], breakerTriggered: false };
    const [, older] = settleServiceDeployments(start('IN_PROGRESS'), facts, NOW + 1);
    expect(older).toMatchObject({ status: 'STOPPED', stoppedAt: NOW + 1 });
  });
});

describe('a deleted service', () => {
  it('stops the deployment under way and leaves ended ones alone', () => {
    const list = [aServiceDeployment(), aServiceDeployment({ status: 'SUCCESSFUL' })];
    expect(stopServiceDeployments(list, NOW).map(({ status }) => status)).toEqual(['STOP_REQUESTED', 'SUCCESSFUL']);
  });
});

describe('the deployment under way', () => {
  it('is the newest, unless that has ended', () => {
    const deployment = aServiceDeployment();
    expect(underWay([deployment])).toBe(deployment);
    expect(underWay([aServiceDeployment({ status: 'STOPPED' }), deployment])).toBeUndefined();
    expect(underWay(undefined)).toBeUndefined();
  });

  it('keeps its status if the next one may not follow', () => {
    const ended = aServiceDeployment({ status: 'STOPPED' });
    expect(moved(ended, 'IN_PROGRESS', NOW)).toBe(ended);
  });
});
