/** The circuit breaker's threshold, count and rollback. */
import { describe, expect, it } from 'vitest';
import type { ServiceDeployment } from '../../../../model/service-deployment.ts';
import type { Deployment, ServiceDefinition } from '../../../../model/service.ts';
import {
  breakerThreshold,
  countableFailures,
  definitionAfterRollback,
  evaluateCircuitBreaker,
  FAILED_REASON,
  rollbackTarget,
  rollingBackReason,
  taskProgress,
  withTaskProgress,
} from '../../../../scheduler/rollout/circuit-breaker.ts';
import {
  aDefinition,
  aDeployment,
  aPendingTask,
  aRollout,
  aServiceDeployment,
  aTask,
  NEW_ID,
  NOW,
  OLD_ID,
} from '../../../support/service-builders.ts';

type Breaker = NonNullable<ServiceDefinition['deploymentCircuitBreaker']>;

const guarded = (breaker: Partial<Breaker> = {}, changes: Partial<ServiceDefinition> = {}) =>
  aDefinition({ deploymentCircuitBreaker: { enable: true, rollback: true, ...breaker }, ...changes });
/** A rollout under way whose PRIMARY has these members. */
const rollout = (changes: Partial<Deployment>): readonly Deployment[] =>
  aRollout().map((deployment) => (deployment.status === 'PRIMARY' ? { ...deployment, ...changes } : deployment));

describe('breakerThreshold', () => {
  it.each([
    // The default: half of the desired count, from 3 to 200.
    [undefined, 0, 3],
    [undefined, 1, 3],
    [undefined, 6, 3],
    [undefined, 7, 4],
    [undefined, 25, 13],
    [undefined, 400, 200],
    [undefined, 800, 200],
    [{ type: 'BOUNDED_PERCENT', value: 1 }, 1000, 10],
    [{ type: 'BOUNDED_PERCENT', value: 100 }, 2, 3],
    [{ type: 'BOUNDED_PERCENT', value: 100 }, 150, 150],
    [{ type: 'BOUNDED_PERCENT', value: 100 }, 201, 200],
    [{ type: 'UNBOUNDED_PERCENT', value: 50 }, 1, 1],
    [{ type: 'UNBOUNDED_PERCENT', value: 50 }, 25, 13],
    [{ type: 'UNBOUNDED_PERCENT', value: 50 }, 800, 400],
    [{ type: 'UNBOUNDED_PERCENT', value: 50 }, 0, 1],
    [{ type: 'COUNT', value: 1 }, 800, 1],
    [{ type: 'COUNT', value: 500 }, 1, 500],
  ] as const)('%j of %i tasks: %i', (threshold, desiredCount, expected) => {
    expect(breakerThreshold(threshold, desiredCount)).toBe(expected);
  });
});

describe('evaluateCircuitBreaker', () => {
  const verdict = (definition: ServiceDefinition, deployments: readonly Deployment[], newFailures = 0) =>
    evaluateCircuitBreaker({ definition, deployments, newFailures });

  it('trips when the count reaches the threshold, not before', () => {
    expect(verdict(guarded(), rollout({ failedTasks: 2 })).decisions).toEqual([]);
    expect(verdict(guarded(), rollout({ failedTasks: 3 })).decisions).toEqual([
      { kind: 'fail', deploymentId: NEW_ID, rolloutStateReason: FAILED_REASON, because: 'circuitBreaker' },
      {
        kind: 'rollBack',
        deploymentId: OLD_ID,
        rolloutStateReason: rollingBackReason(OLD_ID),
        because: 'rolledBack',
      },
    ]);
  });

  it('counts tasks that the plan is about to replace', () => {
    const count = { kind: 'count', deploymentId: NEW_ID, failures: 1 };
    expect(verdict(guarded(), rollout({ failedTasks: 1 }), 1).decisions).toEqual([count]);
    expect(verdict(guarded(), rollout({ failedTasks: 2 }), 1).decisions.map(({ kind }) => kind)).toEqual([
      'count',
      'fail',
      'rollBack',
    ]);
  });

  it.each<[string, ServiceDefinition, readonly Deployment[]]>([
    ['it is switched off', guarded({ enable: false }), rollout({ failedTasks: 9 })],
    ['there is none', aDefinition(), rollout({ failedTasks: 9 })],
    ['the deployment completed', guarded(), rollout({ failedTasks: 9, rolloutState: 'COMPLETED' })],
    ['the deployment failed already', guarded(), rollout({ failedTasks: 9, rolloutState: 'FAILED' })],
  ])('does nothing when %s', (_name, definition, deployments) => {
    expect(verdict(definition, deployments, 5).decisions).toEqual([]);
  });

  it.each<[string, ServiceDefinition, readonly Deployment[]]>([
    ['rollback is off', guarded({ rollback: false }), rollout({ failedTasks: 3 })],
    [
      'no deployment completed before',
      guarded(),
      [
        aDeployment({ rolloutState: 'IN_PROGRESS', failedTasks: 3 }),
        aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE', rolloutState: 'FAILED' }),
      ],
    ],
  ])('only stalls when %s', (_name, definition, deployments) => {
    const { decisions, target } = verdict(definition, deployments);
    expect(decisions.map(({ kind }) => kind)).toEqual(['fail']);
    expect(target).toBeUndefined();
  });

  it('rolls back past deployments that never completed, to the newest that did', () => {
    const [primary] = rollout({ failedTasks: 3 });
    const active = (deploymentId: string, rolloutState: Deployment['rolloutState']) =>
      aDeployment({ deploymentId, status: 'ACTIVE', rolloutState });
    const deployments = [primary!, active('b', 'IN_PROGRESS'), active('c', 'COMPLETED'), active('d', 'COMPLETED')];
    expect(verdict(guarded(), deployments).target?.deploymentId).toBe('c');
  });

  it('uses the latest desired count', () => {
    const deployments = rollout({ failedTasks: 5 });
    expect(verdict(guarded({}, { desiredCount: 20 }), deployments).failed).toBeUndefined();
    expect(verdict(guarded({}, { desiredCount: 10 }), deployments).failed?.deploymentId).toBe(NEW_ID);
  });
});

describe('the count of failures', () => {
  const failed = [aPendingTask('a'), aPendingTask('b', { deploymentId: OLD_ID })];
  const counted = (definition: ServiceDefinition, changes: Partial<Deployment>) =>
    countableFailures(definition, rollout(changes), failed).map(({ taskId }) => taskId);

  it('has failures to start until a task of the deployment has run', () => {
    expect(counted(guarded(), {})).toEqual(['a', 'b']);
    expect(counted(guarded(), { reachedRunning: true })).toEqual(['b']);
    expect(counted(aDefinition(), { reachedRunning: true })).toEqual(['a', 'b']);
  });

  it('stays as it is in a FAILED deployment', () => {
    expect(counted(guarded(), { rolloutState: 'FAILED' })).toEqual(['b']);
  });

  const checked = { hasHealthCheck: true, healthStatus: 'UNKNOWN' } as const;
  it.each([
    ['RUNNING without a health check', aPendingTask('t'), aTask('t'), { started: true, healthy: true }],
    ['RUNNING, not checked yet', aPendingTask('t', checked), aTask('t', checked), { started: true, healthy: false }],
    [
      'HEALTHY',
      aTask('t', checked),
      aTask('t', { ...checked, healthStatus: 'HEALTHY' }),
      { started: false, healthy: true },
    ],
    ['no news', aTask('t'), aTask('t'), { started: false, healthy: false }],
    [
      'UNHEALTHY',
      aTask('t', checked),
      aTask('t', { ...checked, healthStatus: 'UNHEALTHY' }),
      { started: false, healthy: false },
    ],
  ] as const)('progress: %s', (_name, before, after, expected) => {
    expect(taskProgress(before, after)).toEqual({ deploymentId: NEW_ID, ...expected });
  });

  it('is reset by a healthy task, unless resetOnHealthyTask is false', () => {
    const progress = [{ deploymentId: NEW_ID, started: true, healthy: true }];
    const after = (definition: ServiceDefinition) =>
      withTaskProgress(definition, rollout({ failedTasks: 2 }), progress, NOW)[0];
    expect(after(guarded())).toMatchObject({ failedTasks: 0, reachedRunning: true, updatedAt: NOW });
    expect(after(guarded({ resetOnHealthyTask: true }))?.failedTasks).toBe(0);
    expect(after(guarded({ resetOnHealthyTask: false }))?.failedTasks).toBe(2);
    expect(after(aDefinition())?.failedTasks).toBe(2);
  });
});

describe('rolling back', () => {
  it('keeps the newest COMPLETED deployment until PRIMARY has completed', () => {
    const deployments = aRollout();
    expect(rollbackTarget({ definition: guarded(), deployments })?.deploymentId).toBe(OLD_ID);
    expect(rollbackTarget({ definition: aDefinition(), deployments })).toBeUndefined();
    const completed = rollout({ rolloutState: 'COMPLETED' });
    expect(rollbackTarget({ definition: guarded(), deployments: completed })).toBeUndefined();
  });

  it('keeps its target while a service deployment is under way, because a user may order a rollback', () => {
    const of = (status: ServiceDeployment['status']) =>
      rollbackTarget({
        definition: aDefinition(),
        deployments: aRollout(),
        serviceDeployments: [aServiceDeployment({ status })],
      });
    expect(of('IN_PROGRESS')?.deploymentId).toBe(OLD_ID);
    expect(of('STOPPED')).toBeUndefined();
  });

  it('restores the network and platform of its target in the definition', () => {
    const network = (subnet: string) => ({ awsvpcConfiguration: { subnets: [subnet] } });
    const definition = guarded({}, { networkConfiguration: network('new'), platformVersion: '1.4.0', desiredCount: 9 });
    const target = aDeployment({ networkConfiguration: network('old') });
    const after = definitionAfterRollback(definition, target);
    expect(after).toMatchObject({ networkConfiguration: network('old'), desiredCount: 9 });
    expect(after).not.toHaveProperty('platformVersion');
  });
});
