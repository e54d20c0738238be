/** Service actions for changes of deployments. */
import { describe, expect, it } from 'vitest';
import type { RolloutState } from '../../../../model/service.ts';
import { deploymentActions } from '../../../../scheduler/rollout/deployment-actions.ts';
import { aDeployment } from '../../../support/service-builders.ts';

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
});
