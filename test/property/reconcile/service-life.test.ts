/** Promises over whole lives of a service: any mix of updates, crashes and slow or quick tasks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serviceBounds } from '../../../scheduler/service/bounds.ts';
import { classifyTasks } from '../../../scheduler/service/classify.ts';
import { DEFAULT_POLICY } from '../../../scheduler/service/policy.ts';
import { ServiceSimulator } from '../../support/service-simulator.ts';

type Happening =
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'step' | 'crash' | 'sicken' | 'drain' | 'undrain'; readonly which: number }
  | { readonly kind: 'scale'; readonly desiredCount: number }
  | { readonly kind: 'deploy'; readonly quality: 'good' | 'broken' | 'sick' }
  | { readonly kind: 'stepAll' };

const which = fc.nat({ max: 30 });
const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Happening>({ kind: 'stepAll' }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('step' as const), which }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 20, 45, 400) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('crash' as const, 'sicken' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('drain' as const, 'undrain' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('scale' as const), desiredCount: fc.nat({ max: 7 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('deploy' as const),
      quality: fc.constantFrom('good' as const, 'good' as const, 'broken' as const, 'sick' as const),
    }),
  },
);

const INSTANCES = ['i1', 'i2', 'i3'];

function happen(world: ServiceSimulator, happening: Happening): void {
  const pick = (n: number) => world.snapshot.tasks[n % Math.max(1, world.snapshot.tasks.length)]?.taskId ?? '';
  switch (happening.kind) {
    case 'wait':
      world.now += happening.seconds * 1000;
      return;
    case 'step':
      world.step(pick(happening.which));
      return;
    case 'stepAll':
      world.stepAll();
      return;
    case 'crash':
      world.crash(pick(happening.which));
      return;
    case 'sicken': {
      const task = world.snapshot.tasks.find(({ taskId }) => taskId === pick(happening.which));
      if (task?.lastStatus === 'RUNNING' && task.hasHealthCheck)
        world.report(task.taskId, { healthStatus: 'UNHEALTHY' });
      return;
    }
    case 'drain':
      world.set({ drainingInstanceIds: [INSTANCES[happening.which % 3]!] });
      return;
    case 'undrain':
      world.set({ drainingInstanceIds: [] });
      return;
    case 'scale':
      world.update({ desiredCount: happening.desiredCount });
      return;
    case 'deploy': {
      const id = world.deploy();
      if (happening.quality === 'broken') world.brokenDeployments.add(id);
      if (happening.quality === 'sick') world.sickDeployments.add(id);
    }
  }
}

const anyLife = fc.record({
  desiredCount: fc.nat({ max: 6 }),
  // Bounds that always allow a change, as operators are told to choose them; the unit tests' tables cover other bounds.
  percents: fc.constantFrom([100, 200], [50, 200], [50, 100], [0, 100], [0, 200], [75, 150]),
  hasHealthCheck: fc.boolean(),
  happenings: fc.array(anyHappening, { maxLength: 40 }),
});

/** Plans, and checks the plan's safety against the state before it. */
function planSafely(world: ServiceSimulator): void {
  const before = world.snapshot;
  const { lower, upper } = serviceBounds(before.definition.desiredCount, before.definition);
  const healthy = classifyTasks(before, world.now, DEFAULT_POLICY).filter((item) => item.healthy);
  const plan = world.plan();
  const stops = new Set(plan.stop.map(({ taskId }) => taskId));
  const stopped = healthy.filter(({ task }) => stops.has(task.taskId)).length;
  if (stopped > 0) expect(healthy.length - stopped).toBeGreaterThanOrEqual(lower);
  if (plan.start.length > 0) expect(world.alive().length).toBeLessThanOrEqual(upper);
}

function live({
  desiredCount,
  percents,
  hasHealthCheck,
  happenings,
}: typeof anyLife extends fc.Arbitrary<infer L> ? L : never) {
  const [minimumHealthyPercent = 100, maximumPercent = 200] = percents;
  const world = new ServiceSimulator({
    definition: { desiredCount, minimumHealthyPercent, maximumPercent },
    hasHealthCheck,
    instances: { i1: 'a', i2: 'b', i3: 'c' },
  });
  for (const happening of happenings) {
    happen(world, happening);
    planSafely(world);
  }
  return world;
}

describe('over any life of a service', () => {
  it('the bounds hold after each plan, and no task is stopped twice', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const world = live(life);
        expect(new Set(world.stoppedIds).size).toBe(world.stoppedIds.length);
      }),
      { numRuns: 600 },
    );
  });

  it('once tasks start well, it reaches the desired count, one deployment and steady state in a bounded number of plans', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const world = live(life);
        const { desiredCount, minimumHealthyPercent, maximumPercent } = world.snapshot.definition;
        const { lower, upper } = serviceBounds(desiredCount, { minimumHealthyPercent, maximumPercent });
        fc.pre(upper > desiredCount || lower < desiredCount || desiredCount === 0);
        world.set({ drainingInstanceIds: [] });
        const target = world.deploy();
        for (let round = 0; round < 60; round++) {
          planSafely(world);
          world.stepAll();
          world.now += 20_000;
        }
        expect(world.alive().map(({ deploymentId }) => deploymentId)).toEqual(
          Array.from({ length: desiredCount }, () => target),
        );
        expect(world.snapshot.deployments).toMatchObject([{ deploymentId: target, rolloutState: 'COMPLETED' }]);
        expect(world.snapshot.steadySince).toBeDefined();
      }),
      { numRuns: 400 },
    );
  });

  it('deletion ends it, whatever happened before', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const world = live(life);
        world.set({ status: 'DRAINING' });
        world.run(3);
        expect(world.snapshot).toMatchObject({ status: 'INACTIVE', tasks: [] });
      }),
      { numRuns: 200 },
    );
  });
});
