/** Service actions for changes of deployments. */
import { describe, expect, it } from 'vitest';
import type { RolloutState } from '../../../../model/service.ts';
import { deploymentActions } from '../../../../scheduler/rollout/deployment-actions.ts';
import { aDeployment, NOW } from '../../../support/service-builders.ts';

const list = (states: Readonly<Record<string, RolloutState>>) =>
  Object.entries(states).map(([deploymentId, rolloutState]) =>
    aDeployment({ deploymentId, rolloutState, rolloutStateReason: `${deploymentId} ${rolloutState}` }),
  );

describe('deployment state changes', () => {
  it.each([
    ['a first deployment', {}, { d1: 'IN_PROGRESS' }, ['d1 IN_PROGRESS']],
    ['nothing new', { d1: 'IN_PROGRESS' }, { d1: 'IN_PROGRESS' }, []],
    ['completion', { d1: 'IN_PROGRESS' }, { d1: 'COMPLETED' }, ['d1 COMPLETED']],
    ['one on top of another', { d1: 'COMPLETED' }, { d2: 'IN_PROGRESS', d1: 'COMPLETED' }, ['d2 IN_PROGRESS']],
    [
      'a rollback, the failure first',
      { d2: 'IN_PROGRESS', d1: 'COMPLETED' },
      { d1: 'IN_PROGRESS', d2: 'FAILED' },
      ['d2 FAILED', 'd1 IN_PROGRESS'],
    ],
    ['one that leaves', { d2: 'COMPLETED', d1: 'COMPLETED' }, { d2: 'COMPLETED' }, []],
  ] as const)('tells %s', (_name, before, after, told) => {
    const actions = deploymentActions(list(before), list(after));
    expect(actions.map(({ reason }) => reason)).toEqual(told);
    for (const { eventName, deploymentId, reason } of actions) {
      expect(`${deploymentId} ${eventName.replace('SERVICE_DEPLOYMENT_', '')}`).toBe(reason);
    }
  });

  it('tells of a rollback target that is complete at once that it began, too', () => {
    const before = list({ d2: 'IN_PROGRESS', d1: 'COMPLETED' });
    const [failed] = list({ d2: 'FAILED' });
    const [back] = list({ d1: 'COMPLETED' });
    const after = [{ ...back!, rolledBackAt: NOW }, failed!];
    expect(deploymentActions(before, after).map(({ eventName, deploymentId }) => [eventName, deploymentId])).toEqual([
      ['SERVICE_DEPLOYMENT_FAILED', 'd2'],
      ['SERVICE_DEPLOYMENT_IN_PROGRESS', 'd1'],
      ['SERVICE_DEPLOYMENT_COMPLETED', 'd1'],
    ]);
  });

  it('tells of a rollback target that begins anew once', () => {
    const before = [aDeployment({ deploymentId: 'd1', rolloutState: 'COMPLETED' })];
    const after = [aDeployment({ deploymentId: 'd1', rolloutState: 'IN_PROGRESS', rolledBackAt: NOW })];
    expect(deploymentActions(before, after).map(({ eventName }) => eventName)).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
    ]);
    expect(deploymentActions(after, after)).toEqual([]);
  });

  it('tells nothing of task sets: their controller rolls them out', () => {
    const taskSet = {
      scale: 100,
      stabilityStatus: 'STABILIZING',
      stabilityStatusAt: NOW,
      digest: '',
      tags: [],
    } as const;
    expect(deploymentActions([], [aDeployment({ taskSet })])).toEqual([]);
  });
});
