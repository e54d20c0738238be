/** Promises over lives of a service whose rollouts are held by hooks, bake, end early, and are stopped by users. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeploymentSettings, ServiceDeployment } from '../../../model/service-deployment.ts';
import { serviceBounds } from '../../../scheduler/service/bounds.ts';
import { classifyTasks } from '../../../scheduler/service/classify.ts';
import { planService } from '../../../scheduler/reconcile/plan-service.ts';
import { DEFAULT_POLICY } from '../../../scheduler/service/policy.ts';
import { hasEnded, STATUS_TRANSITIONS } from '../../../scheduler/rollout/deployment-status.ts';
import { ServiceSimulator } from '../../support/service-simulator.ts';

const MINUTE_MS = 60_000;

const stages = fc.subarray(
  ['RECONCILE_SERVICE', 'PRE_SCALE_UP', 'POST_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT'] as const,
  { minLength: 1 },
);
const anySettings: fc.Arbitrary<Partial<DeploymentSettings>> = fc.record(
  {
    bakeTimeInMinutes: fc.constantFrom(1, 30),
    lifecycleHooks: stages.map((lifecycleStages) => [
      { targetType: 'PAUSE' as const, lifecycleStages, timeoutConfiguration: { timeoutInMinutes: 60 } },
    ]),
    earlySuccessCriteria: fc.record({
      enable: fc.constant(true),
      healthyPercent: fc.constantFrom(50, 75, 100),
      sourceServiceRevisionCleanup: fc.constantFrom('BLOCKING' as const, 'DEFERRED' as const),
    }),
    deploymentCircuitBreaker: fc.record({ enable: fc.constant(true), rollback: fc.boolean() }),
  },
  { requiredKeys: [] },
);

const which = fc.nat({ max: 20 });
type Happening = readonly [kind: string, value: number];
const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Happening>(['stepAll', 0]) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('step'), which) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('wait'), fc.constantFrom(1, 45, 400, 4000)) },
  { weight: 2, arbitrary: fc.constant<Happening>(['continue', 0]) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('crash'), which) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('scale'), fc.nat({ max: 6 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('deploy'), fc.constantFrom(0, 0, 1)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('order'), fc.constantFrom(0, 1)) },
);

function happen(world: ServiceSimulator, [kind, value]: Happening): void {
  const { tasks } = world.snapshot;
  const taskId = tasks[value % Math.max(1, tasks.length)]?.taskId ?? '';
  if (kind === 'stepAll') world.stepAll();
  else if (kind === 'step') world.step(taskId);
  else if (kind === 'wait') world.now += value * 1000;
  else if (kind === 'continue') world.continueHooks();
  else if (kind === 'crash') world.crash(taskId);
  else if (kind === 'scale') world.update({ desiredCount: value });
  else if (kind === 'order') world.order(value === 0 ? 'ROLLBACK' : 'ABORT');
  else {
    const id = world.deploy();
    if (value === 1) world.brokenDeployments.add(id);
  }
}

const anyLife = fc.record({
  desiredCount: fc.nat({ max: 5 }),
  percents: fc.constantFrom([100, 200], [50, 200], [50, 100], [0, 200]),
  settings: anySettings,
  happenings: fc.array(anyHappening, { maxLength: 40 }),
});
type Life = typeof anyLife extends fc.Arbitrary<infer L> ? L : never;

/** All statuses that may follow a status, however many changes one plan makes. */
function reachable(from: ServiceDeployment['status']): ReadonlySet<string> {
  const seen = new Set<ServiceDeployment['status']>([from]);
  for (const status of seen) for (const next of STATUS_TRANSITIONS[status]) seen.add(next);
  return seen;
}

function planSafely(world: ServiceSimulator): void {
  const before = world.snapshot;
  const { lower, upper } = serviceBounds(before.definition.desiredCount, before.definition);
  const healthy = classifyTasks(before, world.now, DEFAULT_POLICY).filter((item) => item.healthy);
  const old = new Map((before.serviceDeployments ?? []).map((each) => [each.serviceDeploymentId, each]));
  const plan = world.plan();
  const stops = new Set(plan.stop.map(({ taskId }) => taskId));
  const stopped = healthy.filter(({ task }) => stops.has(task.taskId)).length;
  if (stopped > 0) expect(healthy.length - stopped).toBeGreaterThanOrEqual(lower);
  if (plan.start.length > 0) expect(world.alive().length).toBeLessThanOrEqual(upper);
  for (const after of plan.serviceDeployments ?? []) {
    const known = old.get(after.serviceDeploymentId)!;
    expect(reachable(known.status)).toContain(after.status);
    expect(after === known || after.version > known.version).toBe(true);
  }
  // The deployment under way always concerns the PRIMARY deployment: it brings it in or goes back to it.
  const { current } = world;
  const [primary] = world.snapshot.deployments;
  if (!hasEnded(current.status))
    expect([current.deploymentId, current.rollback?.deploymentId]).toContain(primary?.deploymentId);
  else expect(primary?.rolloutState).not.toBe('IN_PROGRESS');
  expect(planService(world.snapshot, world.now)).not.toHaveProperty('serviceDeployments');
}

function live({ desiredCount, percents, settings, happenings }: Life): ServiceSimulator {
  const [minimumHealthyPercent = 100, maximumPercent = 200] = percents;
  const world = new ServiceSimulator({
    definition: { desiredCount, minimumHealthyPercent, maximumPercent, ...settings },
  });
  planSafely(world);
  for (const happening of happenings) {
    happen(world, happening);
    planSafely(world);
  }
  return world;
}

describe('over any life of a service with hooks, bake time, early success and orders', () => {
  it('the bounds hold, statuses follow their table, and after a plan is carried out nothing is left to plan', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        live(life);
      }),
      { numRuns: 600 },
    );
  });

  it('a good deployment succeeds once its hooks are continued, and the service runs it alone', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const world = live(life);
        const { definition } = world.snapshot;
        const { desiredCount } = definition;
        const { lower, upper } = serviceBounds(desiredCount, definition);
        fc.pre(upper > desiredCount || lower < desiredCount || desiredCount === 0);
        const target = world.deploy();
        for (let round = 0; round < 60; round++) {
          world.continueHooks();
          planSafely(world);
          world.stepAll();
          world.now += MINUTE_MS;
        }
        expect(world.current.status).toBe('SUCCESSFUL');
        expect(world.alive().map(({ deploymentId }) => deploymentId)).toEqual(Array(desiredCount).fill(target));
      }),
      { numRuns: 300 },
    );
  });

  it('a deployment that nobody continues is rolled back when its hook expires, and the old revision stays complete', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const world = new ServiceSimulator({
          definition: { desiredCount: life.desiredCount, minimumHealthyPercent: 50, maximumPercent: 200 },
        });
        world.run(10, 60);
        const [before] = world.snapshot.deployments;
        const timeoutConfiguration = { timeoutInMinutes: 20 };
        world.update({
          lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'], timeoutConfiguration }],
        });
        world.deploy();
        for (let round = 0; round < 60; round++) {
          planSafely(world);
          world.stepAll();
          world.now += MINUTE_MS;
        }
        expect(world.current.status).toBe('ROLLBACK_SUCCESSFUL');
        expect(world.snapshot.deployments[0]?.deploymentId).toBe(before?.deploymentId);
        expect(world.alive().every(({ deploymentId }) => deploymentId === before?.deploymentId)).toBe(true);
        expect(world.alive()).toHaveLength(life.desiredCount);
      }),
      { numRuns: 50 },
    );
  });
});
