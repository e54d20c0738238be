/** Promises of the circuit breaker over whole lives of a service. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serviceBounds } from '../../../scheduler/service/bounds.ts';
import { planService } from '../../../scheduler/reconcile/plan-service.ts';
import { breakerThreshold } from '../../../scheduler/rollout/circuit-breaker.ts';
import { ServiceSimulator } from '../../support/service-simulator.ts';

const anyThreshold = fc.oneof(
  fc.constant(undefined),
  fc.record({ type: fc.constantFrom('BOUNDED_PERCENT', 'UNBOUNDED_PERCENT'), value: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ type: fc.constant('COUNT'), value: fc.integer({ min: 1, max: 8 }) }),
) as fc.Arbitrary<Parameters<typeof breakerThreshold>[0]>;

const anyService = fc.record({
  desiredCount: fc.integer({ min: 1, max: 6 }),
  percents: fc.constantFrom([100, 200], [50, 200], [50, 100], [0, 100], [0, 200], [75, 150]),
  hasHealthCheck: fc.boolean(),
  rollback: fc.boolean(),
  resetOnHealthyTask: fc.boolean(),
  threshold: anyThreshold,
});
type AnyService = typeof anyService extends fc.Arbitrary<infer S> ? S : never;

function aWorld({ desiredCount, percents, hasHealthCheck, rollback, resetOnHealthyTask, threshold }: AnyService) {
  const [minimumHealthyPercent = 100, maximumPercent = 200] = percents;
  return new ServiceSimulator({
    definition: {
      desiredCount,
      minimumHealthyPercent,
      maximumPercent,
      deploymentCircuitBreaker: {
        enable: true,
        rollback,
        resetOnHealthyTask,
        ...(threshold === undefined ? {} : { thresholdConfiguration: threshold }),
      },
    },
    hasHealthCheck,
  });
}

/** Found by chance: the old revision was restored in the same millisecond in which the new one had begun. */
const RESTORED_AT_ONCE: readonly [AnyService, (readonly [Step, number])[]] = [
  {
    desiredCount: 2,
    percents: [100, 200],
    hasHealthCheck: true,
    rollback: false,
    resetOnHealthyTask: false,
    threshold: undefined,
  },
  (['stepAll', 'stepAll', 'stepAll', 'crash', 'sick', 'stepAll', 'stepAll'] as const).map((step) => [step, 0]),
];

/** Plans, and checks that the plan starts nothing for a failed deployment and leaves nothing undone. */
function planSafely(world: ServiceSimulator): void {
  const isFailed = (deploymentId: string): boolean =>
    world.snapshot.deployments.some((d) => d.deploymentId === deploymentId && d.rolloutState === 'FAILED');
  const failedBefore = world.snapshot.deployments.filter((d) => isFailed(d.deploymentId));
  const plan = world.plan();
  for (const { deploymentId } of plan.start) {
    expect(failedBefore.map((d) => d.deploymentId)).not.toContain(deploymentId);
    expect(isFailed(deploymentId)).toBe(false);
  }
  const again = planService(world.snapshot, world.now);
  expect([again.start, again.stop, again.deployments, again.events]).toEqual([[], [], [], []]);
}

type Step = 'stepAll' | 'crash' | 'broken' | 'sick' | 'good' | 'scale' | 'wait';
const anyStep = fc.tuple(
  fc.constantFrom<Step>('stepAll', 'stepAll', 'stepAll', 'crash', 'broken', 'sick', 'good', 'scale', 'wait'),
  fc.nat({ max: 6 }),
);

function happen(world: ServiceSimulator, [step, n]: readonly [Step, number]): void {
  if (step === 'stepAll') world.stepAll();
  else if (step === 'crash') world.crash(world.snapshot.tasks[n]?.taskId ?? '');
  else if (step === 'scale') world.update({ desiredCount: n });
  else if (step === 'wait') world.now += n * 60_000;
  else {
    const deploymentId = world.deploy();
    if (step === 'broken') world.brokenDeployments.add(deploymentId);
    if (step === 'sick') world.sickDeployments.add(deploymentId);
  }
}

function settle(world: ServiceSimulator, rounds: number): void {
  for (let round = 0; round < rounds; round += 1) {
    planSafely(world);
    world.stepAll();
    world.now += 20_000;
  }
}

describe('the circuit breaker', () => {
  it('starts no task of a FAILED deployment, whatever happens, and leaves nothing undone', () => {
    fc.assert(
      fc.property(anyService, fc.array(anyStep, { maxLength: 40 }), (service, steps) => {
        const world = aWorld(service);
        for (const step of steps) {
          happen(world, step);
          planSafely(world);
        }
      }),
      { numRuns: 400, examples: [[RESTORED_AT_ONCE[0], RESTORED_AT_ONCE[1]]] },
    );
  });

  it('with rollback, a service returns to its old revision if new tasks always fail to start', () => {
    fc.assert(
      fc.property(anyService, (service) => {
        const world = aWorld({ ...service, rollback: true });
        settle(world, 30);
        const old = world.snapshot.deployments[0]!.deploymentId;
        const { desiredCount } = service;
        const { lower, upper } = serviceBounds(desiredCount, world.snapshot.definition);
        fc.pre(lower < desiredCount || upper > desiredCount);
        world.now += 600_000;
        const broken = world.deploy();
        world.brokenDeployments.add(broken);
        // Long enough for the throttle to let as many tasks fail as the largest threshold requires.
        for (let round = 0; round < 1200; round += 1) {
          world.plan();
          world.stepAll();
          world.now += 30_000;
        }
        expect(world.snapshot.deployments).toMatchObject([{ deploymentId: old, rolloutState: 'COMPLETED' }]);
        expect(world.alive().map(({ deploymentId }) => deploymentId)).toEqual(
          Array.from({ length: desiredCount }, () => old),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('never interferes with an update whose tasks start well', () => {
    fc.assert(
      fc.property(anyService, (service) => {
        const world = aWorld(service);
        const { desiredCount } = service;
        settle(world, 30);
        world.now += 600_000;
        const good = world.deploy();
        settle(world, 60);
        const blocked = world.events.some((text) => text.includes('was unable to stop or start tasks'));
        fc.pre(!blocked);
        expect(world.alive(good)).toHaveLength(desiredCount);
        expect(world.snapshot.deployments).toMatchObject([{ deploymentId: good, rolloutState: 'COMPLETED' }]);
      }),
      { numRuns: 100 },
    );
  });

  it('the threshold is at least 1 and does not fall when the service grows', () => {
    fc.assert(
      fc.property(anyThreshold, fc.nat({ max: 5000 }), fc.nat({ max: 5000 }), (threshold, desired, more) => {
        const small = breakerThreshold(threshold, desired);
        expect(small).toBeGreaterThanOrEqual(1);
        expect(breakerThreshold(threshold, desired + more)).toBeGreaterThanOrEqual(small);
      }),
    );
  });
});
