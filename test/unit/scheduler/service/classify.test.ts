/** The kinds into which a service's tasks are sorted. */
import { describe, expect, it } from 'vitest';
import { classifyTasks } from '../../../../scheduler/service/classify.ts';
import type { TaskBucket } from '../../../../scheduler/service/classify.ts';
import { DEFAULT_POLICY, HEALTHY_AFTER_RUNNING_MS } from '../../../../scheduler/service/policy.ts';
import type { ServiceTask } from '../../../../scheduler/service/types.ts';
import { aPendingTask, aSnapshot, aTask, NOW } from '../../../support/service-builders.ts';

const checked = { hasHealthCheck: true } as const;
const drained = { containerInstanceId: 'drained' } as const;
const young = (ageMs: number): Partial<ServiceTask> => ({ startedAt: NOW - ageMs });

const classify = (task: ServiceTask, graceSeconds = 0) => {
  const snapshot = aSnapshot({ definition: { healthCheckGracePeriodSeconds: graceSeconds }, tasks: [task] });
  return classifyTasks(snapshot, NOW, DEFAULT_POLICY)[0]!;
};

describe('classifyTasks', () => {
  const rows: readonly [string, ServiceTask, TaskBucket, boolean][] = [
    ['is told to stop', aTask('t', { desiredStatus: 'STOPPED' }), 'stopping', false],
    ['is told to stop on a draining instance', aTask('t', { desiredStatus: 'STOPPED', ...drained }), 'stopping', false],
    ['has left RUNNING by itself', aTask('t', { lastStatus: 'DEPROVISIONING' }), 'stopping', false],
    ['is PENDING', aPendingTask('t'), 'pending', false],
    ['is PROVISIONING', aPendingTask('t', { lastStatus: 'PROVISIONING' }), 'pending', false],
    ['is ACTIVATING', aPendingTask('t', { lastStatus: 'ACTIVATING' }), 'pending', false],
    ['is PENDING on a draining instance', aPendingTask('t', drained), 'drainingPending', false],
    ['runs on a draining instance', aTask('t', drained), 'draining', true],
    ['has just started on a draining instance', aTask('t', { ...drained, ...young(1) }), 'draining', false],
    [
      'is unhealthy on a draining instance',
      aTask('t', { ...checked, ...drained, healthStatus: 'UNHEALTHY' }),
      'draining',
      false,
    ],
    ['has run for long', aTask('t'), 'healthy', true],
    ['has run for 40 s', aTask('t', young(HEALTHY_AFTER_RUNNING_MS)), 'healthy', true],
    ['has run for less than 40 s', aTask('t', young(HEALTHY_AFTER_RUNNING_MS - 1)), 'settling', false],
    ['has a check with no result', aTask('t', { ...checked, healthStatus: 'UNKNOWN' }), 'settling', false],
    ['has just passed its check', aTask('t', { ...checked, healthStatus: 'HEALTHY', ...young(1) }), 'healthy', true],
    ['has failed its check', aTask('t', { ...checked, healthStatus: 'UNHEALTHY' }), 'unhealthy', false],
  ];
  it.each(rows)('a task that %s', (_name, task, bucket, healthy) => {
    expect(classify(task)).toEqual({ task, bucket, healthy });
  });

  it.each([
    ['just before the grace period ends', 60_000 - 1, 'unhealthyInGrace'],
    ['when the grace period has ended', 60_000, 'unhealthy'],
  ] as const)('an unhealthy task %s', (_name, age, bucket) => {
    expect(classify(aTask('t', { ...checked, healthStatus: 'UNHEALTHY', ...young(age) }), 60).bucket).toBe(bucket);
  });

  it('does not count a task as healthy early because of its grace period', () => {
    expect(classify(aTask('t', { ...checked, healthStatus: 'UNKNOWN', ...young(1) }), 600).healthy).toBe(false);
  });
});
