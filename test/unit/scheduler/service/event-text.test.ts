/** The words of service events and of stopped tasks: ECS's own where it publishes them. */
import { describe, expect, it } from 'vitest';
import {
  blockedByBounds,
  constraintViolated,
  CONSTRAINT_STOP_REASON,
  deploymentCompleted,
  deploymentFailed,
  eventBatches,
  healthCheckFailed,
  heldByProtection,
  isHeldByProtection,
  providerIsEmpty,
  rebalancingStopReason,
  rollingBack,
  scalingStopReason,
  startedTasks,
  steadyState,
  stoppedPendingTasks,
  stoppedRunningTasks,
  TASKS_PER_EVENT,
  taskSetSteady,
  unableToStart,
  UNHEALTHY_STOP_REASON,
} from '../../../../scheduler/service/event-text.ts';

const ID = 'ecs-svc/1234567890123456789';

describe('service events', () => {
  it.each([
    [startedTasks('web', ['a'], 0), '(service web) has started 1 tasks: (task a).'],
    [startedTasks('web', ['a', 'b'], 0), '(service web) has started 2 tasks: (task a) (task b).'],
    [
      startedTasks('web', ['a', 'b'], 1),
      '(service web) has started 2 tasks: (task a) (task b). Amazon ECS replaced 1 tasks due to an unhealthy status.',
    ],
    [stoppedRunningTasks('web', ['a']), '(service web) has stopped 1 running tasks: (task a).'],
    [stoppedPendingTasks('web', 1), '(service web) stopped 1 pending tasks.'],
    [steadyState('web'), '(service web) has reached a steady state.'],
    [taskSetSteady('web, taskSet ts-1'), '(service web, taskSet ts-1) updated state to STEADY_STATE.'],
    [deploymentCompleted('web', ID), `(service web) (deployment ${ID}) deployment completed.`],
    [deploymentFailed('web', ID), `(service web) (deployment ${ID}) deployment failed: tasks failed to start.`],
    [
      deploymentFailed('web', ID, 'a hook timed out.'),
      `(service web) (deployment ${ID}) deployment failed: a hook timed out.`,
    ],
    [rollingBack('web', ID), `(service web) rolling back to deployment ${ID}.`],
    [healthCheckFailed('web', 'a'), '(service web) (task a) failed container health checks.'],
    [
      unableToStart('web'),
      '(service web) is unable to consistently start tasks successfully. For more information, see the Troubleshooting ' +
        'section of the Amazon ECS Developer Guide.',
    ],
    [
      constraintViolated('web', ['a', 'b']),
      '(service web) found 2 tasks on container instances that no longer meet the placement constraints: (task a) (task b).',
    ],
    [
      providerIsEmpty('web'),
      '(service web) was unable to reach steady state. Reason: No Container Instances were found in your capacity provider.',
    ],
    [
      blockedByBounds('web'),
      '(service web) was unable to stop or start tasks during a deployment because of the service deployment ' +
        'configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
    ],
    [
      heldByProtection('web', ID, 2),
      `(service web) was unable to reach steady state because (taskSet ${ID}) was unable to scale in due to ` +
        '(reason 2 tasks under protection)',
    ],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it('tells a message about protection from all others', () => {
    expect(isHeldByProtection(heldByProtection('web', ID, 1))).toBe(true);
    for (const other of [steadyState('web'), blockedByBounds('web'), rollingBack('web', ID)]) {
      expect(isHeldByProtection(other)).toBe(false);
    }
  });
});

describe('the reasons of stopped tasks', () => {
  it.each([
    [scalingStopReason(ID), `Scaling activity initiated by (deployment ${ID})`],
    [rebalancingStopReason(ID), `Availability-zone rebalancing initiated by (deployment ${ID})`],
    [UNHEALTHY_STOP_REASON, 'Task failed container health checks'],
    [CONSTRAINT_STOP_REASON, 'Container instance no longer meets the placement constraints of the service'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('long lists of tasks', () => {
  const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `t${i}`);
  it.each([
    [0, []],
    [1, [1]],
    [TASKS_PER_EVENT, [TASKS_PER_EVENT]],
    [TASKS_PER_EVENT + 1, [TASKS_PER_EVENT, 1]],
    [3 * TASKS_PER_EVENT, [TASKS_PER_EVENT, TASKS_PER_EVENT, TASKS_PER_EVENT]],
  ])('%i tasks', (count, sizes) => {
    const batches = eventBatches(ids(count));
    expect(batches.map(({ length }) => length)).toEqual(sizes);
    expect(batches.flat()).toEqual(ids(count));
  });
});
