/** The circuit breaker in plans, and stories of services that it watches. */
import { describe, expect, it } from 'vitest';
import type { ServiceDefinition } from '../../../../model/service.ts';
import { planService } from '../../../../scheduler/reconcile/plan-service.ts';
import { DEFAULT_POLICY } from '../../../../scheduler/service/policy.ts';
import { ServiceSimulator } from '../../../support/service-simulator.ts';
import { aPendingTask, aRollout, aSnapshot, NEW_ID, NOW, OLD_ID, tasksOf } from '../../../support/service-builders.ts';
import { stopKinds } from '../../../support/expect-plan.ts';

const BREAKER = { enable: true, rollback: true } as const;
const STALLS = { enable: true, rollback: false } as const;

function steady(definition: Partial<ServiceDefinition> = {}, hasHealthCheck = false): ServiceSimulator {
  const world = new ServiceSimulator({
    definition: { desiredCount: 3, deploymentCircuitBreaker: BREAKER, ...definition },
    hasHealthCheck,
  });
  world.run(6);
  world.now += 600_000;
  return world;
}
const primary = (world: ServiceSimulator) => world.snapshot.deployments[0]!;
const startsOf = (world: ServiceSimulator, deploymentId: string): number =>
  world.plans
    .flatMap(({ start }) => start)
    .reduce((sum, s) => sum + (s.deploymentId === deploymentId ? s.count : 0), 0);

describe('the plan when the breaker trips', () => {
  const failing = (deploymentCircuitBreaker: ServiceDefinition['deploymentCircuitBreaker'], failedTasks = 3) =>
    aSnapshot({
      definition: { ...(deploymentCircuitBreaker ? { deploymentCircuitBreaker } : {}) },
      deployments: aRollout().map((d) => (d.deploymentId === NEW_ID ? { ...d, failedTasks } : d)),
      tasks: [...tasksOf({ healthy: 3 }, 'old'), aPendingTask('new-pending-0', { createdAt: NOW })],
      throttle: { consecutiveStartFailures: 3, nextLaunchAt: NOW + 60_000 },
    });

  it('rolls back: the failed deployment’s tasks stop, and the throttle is reset', () => {
    const plan = planService(failing(BREAKER), NOW);
    expect(plan.deployments.map(({ kind, deploymentId }) => [kind, deploymentId])).toEqual([
      ['fail', NEW_ID],
      ['rollBack', OLD_ID],
    ]);
    expect(plan.events).toEqual([
      `(service web) (deployment ${NEW_ID}) deployment failed: tasks failed to start.`,
      `(service web) rolling back to deployment ${OLD_ID}.`,
      '(service web) stopped 1 pending tasks.',
    ]);
    expect(stopKinds(plan)).toEqual(['new-pending']);
    expect(plan.stop[0]?.stoppedReason).toBe(`Scaling activity initiated by (deployment ${OLD_ID})`);
    expect(plan.start).toEqual([]);
  });

  it('stalls without rollback: no task starts or stops', () => {
    const plan = planService(failing(STALLS), NOW);
    expect(plan.deployments.map(({ kind }) => kind)).toEqual(['fail']);
    expect(plan.events).toEqual([`(service web) (deployment ${NEW_ID}) deployment failed: tasks failed to start.`]);
    expect([plan.start, plan.stop]).toEqual([[], []]);
    expect(plan.waitingFor).toMatch(/^an update: its deployment failed/);
  });

  it('does nothing below the threshold, without a breaker, and while the service is deleted', () => {
    expect(planService(failing(BREAKER, 2), NOW).deployments).toEqual([]);
    expect(planService(failing(undefined), NOW).deployments).toEqual([]);
    expect(planService({ ...failing(BREAKER), status: 'DRAINING' }, NOW).deployments).toEqual([]);
  });
});

describe('a service whose new tasks fail to start', () => {
  it('rolls back to its old revision, under the old deployment id, without touching the old tasks', () => {
    const world = steady();
    const before = world.alive().map(({ taskId }) => taskId);
    const old = primary(world).deploymentId;
    const broken = world.deploy();
    world.brokenDeployments.add(broken);
    world.run(2, 1);
    expect(world.snapshot.deployments).toMatchObject([
      { deploymentId: old, status: 'PRIMARY', taskDefinitionArn: expect.stringMatching(/web:1$/) as string },
      { deploymentId: broken, status: 'ACTIVE', rolloutState: 'FAILED', failedTasks: 3 },
    ]);
    world.run(5);
    expect(world.snapshot.deployments).toMatchObject([{ deploymentId: old, rolloutState: 'COMPLETED' }]);
    expect(world.alive().map(({ taskId }) => taskId)).toEqual(before);
    expect(startsOf(world, broken)).toBe(3);
  });

  it('shows the failed deployment for a while, so that a polling tool sees its end', () => {
    const world = steady();
    world.brokenDeployments.add(world.deploy());
    world.run(2, 1);
    expect(world.snapshot.deployments).toHaveLength(2);
    world.now = world.snapshot.deployments[1]!.updatedAt + DEFAULT_POLICY.failedDeploymentShownMs - 1;
    expect(world.plan()).toMatchObject({ deployments: [], wakeAt: world.now + 1 });
    world.now += 1;
    expect(world.plan().deployments).toMatchObject([{ kind: 'remove' }]);
  });

  it('starts the old revision again if the rollout had stopped all of its tasks', () => {
    const world = steady({ minimumHealthyPercent: 0, maximumPercent: 100 });
    const old = primary(world).deploymentId;
    world.brokenDeployments.add(world.deploy());
    world.run(20);
    expect(world.alive(old)).toHaveLength(3);
    expect(primary(world)).toMatchObject({ deploymentId: old, rolloutState: 'COMPLETED' });
  });

  it('stalls without rollback, keeps running tasks, and continues with the next update', () => {
    const world = steady({ minimumHealthyPercent: 0, deploymentCircuitBreaker: STALLS });
    const old = primary(world).deploymentId;
    const broken = world.deploy();
    world.brokenDeployments.add(broken);
    world.run(3, 1);
    const launched = startsOf(world, broken);
    world.run(100, 600);
    expect(startsOf(world, broken)).toBe(launched);
    expect(primary(world)).toMatchObject({ deploymentId: broken, status: 'PRIMARY', rolloutState: 'FAILED' });
    expect(world.snapshot.deployments[1]).toMatchObject({ deploymentId: old, rolloutState: 'COMPLETED' });
    const good = world.deploy();
    world.run(12);
    expect(world.alive().map(({ deploymentId }) => deploymentId)).toEqual([good, good, good]);
    expect(world.snapshot.deployments).toMatchObject([{ deploymentId: good, rolloutState: 'COMPLETED' }]);
  });

  it('while it stalls, scale-in stops only surplus old tasks', () => {
    const world = steady({
      minimumHealthyPercent: 50,
      maximumPercent: 200,
      deploymentCircuitBreaker: STALLS,
      desiredCount: 4,
    });
    const broken = world.deploy();
    world.brokenDeployments.add(broken);
    world.run(10, 1);
    expect(primary(world).rolloutState).toBe('FAILED');
    const left = world.alive().length;
    world.run(5);
    expect(world.alive()).toHaveLength(left);
    world.update({ desiredCount: 1 });
    world.run(5);
    expect(world.alive()).toHaveLength(1);
  });

  it('has no rollback target when its first deployment fails', () => {
    const world = new ServiceSimulator({ definition: { desiredCount: 3, deploymentCircuitBreaker: BREAKER } });
    world.brokenDeployments.add(primary(world).deploymentId);
    world.run(50, 600);
    expect(startsOf(world, primary(world).deploymentId)).toBe(3);
    expect(world.snapshot.deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'FAILED' }]);
    expect(world.events.filter((text) => text.includes('rolling back'))).toEqual([]);
  });
});

describe('a service whose new tasks run but are unhealthy', () => {
  it('trips by its replaced tasks, and rolls back', () => {
    const world = steady({}, true);
    const old = primary(world).deploymentId;
    const sick = world.deploy();
    world.sickDeployments.add(sick);
    world.run(60);
    expect(primary(world)).toMatchObject({ deploymentId: old, rolloutState: 'COMPLETED' });
    expect(world.alive().map(({ deploymentId }) => deploymentId)).toEqual([old, old, old]);
    expect(world.events).toContain(`(service web) (deployment ${sick}) deployment failed: tasks failed to start.`);
    // Three at first, and one for each of the first two replacements; the third failure trips the breaker.
    expect(startsOf(world, sick)).toBe(5);
  });

  it.each([
    [true, 'IN_PROGRESS'],
    [false, 'FAILED'],
  ])('a healthy task between two failures, resetOnHealthyTask %s: %s', (resetOnHealthyTask, rolloutState) => {
    const deploymentCircuitBreaker = { enable: true, rollback: false, resetOnHealthyTask };
    // No room above the desired count: an unhealthy task gives way at once.
    const bounds = { minimumHealthyPercent: 0, maximumPercent: 100 };
    const world = steady({ desiredCount: 2, deploymentCircuitBreaker, ...bounds }, true);
    const target = world.deploy();
    world.plan();
    world.stepAll();
    const [first, second] = world.alive(target).map(({ taskId }) => taskId);
    const count = (failedTasks: number) =>
      world.set({
        deployments: world.snapshot.deployments.map((d) => (d.deploymentId === target ? { ...d, failedTasks } : d)),
      });
    count(2);
    world.report(second!, { healthStatus: 'HEALTHY' });
    expect(primary(world).failedTasks).toBe(resetOnHealthyTask ? 0 : 2);
    world.report(first!, { healthStatus: 'UNHEALTHY' });
    world.plan();
    expect(primary(world).failedTasks).toBe(resetOnHealthyTask ? 1 : 3);
    expect(primary(world).rolloutState).toBe(rolloutState);
  });
});
