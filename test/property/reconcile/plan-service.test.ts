/** Promises of planService over any snapshot, however odd. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serviceBounds } from '../../../scheduler/service/bounds.ts';
import { classifyTasks } from '../../../scheduler/service/classify.ts';
import { planService } from '../../../scheduler/reconcile/plan-service.ts';
import { DEFAULT_POLICY } from '../../../scheduler/service/policy.ts';
import type { ServicePlan, ServiceSnapshot, ServiceTask } from '../../../scheduler/service/types.ts';
import { aDefinition, aDeployment, aPendingTask, aTask, NEW_ID, NOW, OLD_ID } from '../../support/service-builders.ts';

const OLDEST_ID = 'ecs-svc/0000000000000000000';
const RUNS = { numRuns: 1_500 };

const anyTask: fc.Arbitrary<Omit<ServiceTask, 'taskId'>> = fc
  .record({
    deploymentId: fc.constantFrom(NEW_ID, NEW_ID, OLD_ID, OLDEST_ID),
    containerInstanceId: fc.constantFrom('i1', 'i2', 'i3', 'drained'),
    availabilityZone: fc.constantFrom('a', 'b', 'c'),
    lastStatus: fc.constantFrom('PENDING', 'RUNNING', 'RUNNING', 'STOPPING'),
    desiredStatus: fc.constantFrom('RUNNING', 'RUNNING', 'RUNNING', 'STOPPED'),
    healthStatus: fc.constantFrom('HEALTHY', 'UNHEALTHY', 'UNKNOWN'),
    hasHealthCheck: fc.boolean(),
    ageMs: fc.constantFrom(500, 20_000, 40_000, 7_200_000),
  })
  .map(({ ageMs, ...facts }) => {
    const times = { createdAt: NOW - ageMs - 100 };
    const { taskId: _taskId, ...task } =
      facts.lastStatus === 'PENDING' ? aPendingTask('', times) : aTask('', { ...times, startedAt: NOW - ageMs });
    const healthStatus = facts.hasHealthCheck && facts.lastStatus !== 'PENDING' ? facts.healthStatus : 'UNKNOWN';
    return { ...task, ...facts, healthStatus };
  });

const anyDefinition = fc
  .record({
    desiredCount: fc.nat({ max: 8 }),
    minimumHealthyPercent: fc.constantFrom(0, 25, 50, 75, 100),
    maximumPercent: fc.constantFrom(100, 110, 125, 150, 200, 300),
    healthCheckGracePeriodSeconds: fc.constantFrom(0, 30),
    placementStrategy: fc.constantFrom(
      [],
      [{ type: 'spread' as const, field: 'attribute:ecs.availability-zone' }],
      [{ type: 'binpack' as const, field: 'memory' }],
      [{ type: 'random' as const }],
    ),
  })
  .map(aDefinition);

const anySnapshot: fc.Arbitrary<ServiceSnapshot> = fc
  .record({
    definition: anyDefinition,
    status: fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'ACTIVE' as const, 'DRAINING' as const),
    facts: fc.array(anyTask, { maxLength: 16 }),
    rollout: fc.constantFrom('COMPLETED' as const, 'IN_PROGRESS' as const),
    primaryAge: fc.constantFrom(1_000, 30_000, 3_600_000),
    failures: fc.nat({ max: 5 }),
    heldMs: fc.constantFrom(-1, 60_000),
    seed: fc.constantFrom('x', 'y'),
  })
  .map(({ definition, status, facts, rollout, primaryAge, failures, heldMs, seed }) => ({
    definition,
    status,
    deployments: [
      aDeployment({ rolloutState: rollout, createdAt: NOW - primaryAge }),
      aDeployment({ deploymentId: OLD_ID, status: 'ACTIVE' as const }),
      aDeployment({ deploymentId: OLDEST_ID, status: 'ACTIVE' as const, rolloutState: 'IN_PROGRESS' as const }),
    ],
    tasks: facts.map((task, i) => ({ ...task, taskId: `t${i}` })),
    drainingInstanceIds: ['drained'],
    throttle: { consecutiveStartFailures: failures, nextLaunchAt: NOW + heldMs },
    notedAt: {},
    seed,
  }));

const isLive = (task: ServiceTask): boolean =>
  task.desiredStatus === 'RUNNING' && (task.lastStatus === 'PENDING' || task.lastStatus === 'RUNNING');
const startsOf = (plan: ServicePlan): number => plan.start.reduce((sum, { count }) => sum + count, 0);
const boundsOf = (snapshot: ServiceSnapshot) =>
  serviceBounds(snapshot.status === 'ACTIVE' ? snapshot.definition.desiredCount : 0, snapshot.definition);

/** The snapshot after the plan was carried out: stops are ordered, new tasks are PENDING. */
function carriedOut(snapshot: ServiceSnapshot, plan: ServicePlan): ServiceSnapshot {
  const stops = new Set(plan.stop.map(({ taskId }) => taskId));
  const kept = snapshot.tasks.map((task) =>
    stops.has(task.taskId) ? { ...task, desiredStatus: 'STOPPED' as const } : task,
  );
  const fresh = plan.start.flatMap(({ deploymentId, count, replaces }, s) =>
    Array.from({ length: count }, (_, i) =>
      aPendingTask(`new-${s}-${i}`, {
        deploymentId,
        createdAt: NOW,
        ...(replaces[i] === undefined ? {} : { replaces: replaces[i] }),
      }),
    ),
  );
  const removed = new Set(plan.deployments.filter(({ kind }) => kind === 'remove').map((d) => d.deploymentId));
  return {
    ...snapshot,
    tasks: [...kept, ...fresh],
    deployments: snapshot.deployments
      .filter(({ deploymentId }) => !removed.has(deploymentId))
      .map((d) =>
        plan.deployments.some((x) => x.kind === 'complete' && x.deploymentId === d.deploymentId)
          ? { ...d, rolloutState: 'COMPLETED' as const }
          : d,
      ),
    notedAt: plan.notedAt,
    ...(plan.steadySince === undefined ? {} : { steadySince: plan.steadySince }),
  };
}

describe('planService promises, for any snapshot, that', () => {
  const holds = (check: (snapshot: ServiceSnapshot, plan: ServicePlan) => void): void =>
    fc.assert(
      fc.property(anySnapshot, (snapshot) => check(snapshot, planService(snapshot, NOW))),
      RUNS,
    );

  it('starts never lead above upper', () => {
    holds((snapshot, plan) => {
      const live = snapshot.tasks.filter(isLive).length - plan.stop.length;
      if (startsOf(plan) > 0) expect(live + startsOf(plan)).toBeLessThanOrEqual(boundsOf(snapshot).upper);
    });
  });

  it('stops never take healthy tasks below lower', () => {
    holds((snapshot, plan) => {
      const healthy = new Set(
        classifyTasks(snapshot, NOW, DEFAULT_POLICY)
          .filter((item) => item.healthy)
          .map(({ task }) => task.taskId),
      );
      const stopped = plan.stop.filter(({ taskId }) => healthy.has(taskId)).length;
      if (stopped > 0) expect(healthy.size - stopped).toBeGreaterThanOrEqual(boundsOf(snapshot).lower);
    });
  });

  it('it stops no task that is stopping or unknown, and none twice', () => {
    holds((snapshot, plan) => {
      const live = new Set(snapshot.tasks.filter(isLive).map(({ taskId }) => taskId));
      const ids = plan.stop.map(({ taskId }) => taskId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => !live.has(id))).toEqual([]);
    });
  });

  it('the same input gives the same plan', () => {
    holds((snapshot, plan) => {
      expect(planService(structuredClone(snapshot), NOW)).toEqual(plan);
    });
  });

  it('the order of tasks and instances does not matter', () => {
    fc.assert(
      fc.property(
        anySnapshot.chain((snapshot) =>
          fc.tuple(
            fc.constant(snapshot),
            fc.shuffledSubarray([...snapshot.tasks], { minLength: snapshot.tasks.length }),
          ),
        ),
        ([snapshot, tasks]) => {
          expect(planService({ ...snapshot, tasks }, NOW)).toEqual(planService(snapshot, NOW));
        },
      ),
      RUNS,
    );
  });

  it('the plan contains everything that can be done now, so the next one is empty', () => {
    holds((snapshot, plan) => {
      const next = planService(carriedOut(snapshot, plan), NOW);
      expect({ start: next.start, stop: next.stop, events: next.events }).toEqual({ start: [], stop: [], events: [] });
      expect(next.deployments.filter(({ kind }) => kind !== 'remove')).toEqual([]);
    });
  });

  it('nothing starts while launches are held back or the service is being deleted', () => {
    holds((snapshot, plan) => {
      if ((snapshot.throttle.nextLaunchAt ?? 0) > NOW || snapshot.status === 'DRAINING') expect(plan.start).toEqual([]);
    });
  });

  it('the wake-up is in the future', () => {
    holds((_snapshot, plan) => {
      expect(plan.wakeAt ?? Infinity).toBeGreaterThan(NOW);
    });
  });

  it('a start replaces only unhealthy tasks, each once, and no more than it starts', () => {
    holds((snapshot, plan) => {
      const replaced = plan.start.flatMap(({ replaces }) => replaces);
      const unhealthy = new Set(
        snapshot.tasks.filter(({ healthStatus }) => healthStatus === 'UNHEALTHY').map(({ taskId }) => taskId),
      );
      expect(new Set(replaced).size).toBe(replaced.length);
      expect(replaced.every((id) => unhealthy.has(id))).toBe(true);
      expect(plan.start.every(({ replaces, count }) => replaces.length <= count && count > 0)).toBe(true);
    });
  });

  it('every start says why, for as many tasks as it starts', () => {
    holds((_snapshot, plan) => {
      for (const { because, count } of plan.start) {
        expect(because.reduce((sum, reason) => sum + reason.count, 0)).toBe(count);
      }
    });
  });

  it('the snapshot does not change', () => {
    holds((snapshot) => {
      const before = structuredClone(snapshot);
      planService(snapshot, NOW);
      expect(snapshot).toEqual(before);
    });
  });
});
