/** Promises over whole lives of a DAEMON service: instances come, go, drain, fill up and change under any rollout. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../../scheduler/service/policy.ts';
import { classifyTasks } from '../../../scheduler/service/classify.ts';
import type { ServiceTask } from '../../../scheduler/service/types.ts';
import type { DaemonLook } from '../../../model/daemon.ts';
import { ServiceSimulator } from '../../support/service-simulator.ts';

type Condition = 'good' | 'full' | 'unfit' | 'draining' | 'busyDraining' | 'gone';
const CONDITIONS: readonly Condition[] = ['good', 'good', 'full', 'unfit', 'draining', 'busyDraining', 'gone'];
/** What an instance must have to be fit. */
const FIT = 'fit';
const IDS = ['i0', 'i1', 'i2', 'i3', 'i4', 'i5'];

type Happening =
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'step' | 'crash' | 'sicken'; readonly which: number }
  | { readonly kind: 'instance'; readonly which: number; readonly condition: Condition }
  | { readonly kind: 'deploy'; readonly quality: 'good' | 'broken' | 'sick' }
  | { readonly kind: 'stepAll' };

const which = fc.nat({ max: 30 });
const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Happening>({ kind: 'stepAll' }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('step' as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 45, 400) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('crash' as const, 'sicken' as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('instance' as const), which, condition: fc.constantFrom(...CONDITIONS) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('deploy' as const),
      quality: fc.constantFrom('good' as const, 'broken' as const, 'sick' as const),
    }),
  },
);

/** The cluster beside the service: what each instance is like. */
class World {
  readonly service: ServiceSimulator;
  readonly conditions = new Map<string, Condition>(IDS.map((id) => [id, 'good']));

  constructor(minimumHealthyPercent: number, hasHealthCheck: boolean) {
    const definition = {
      schedulingStrategy: 'DAEMON' as const,
      desiredCount: 0,
      minimumHealthyPercent,
      maximumPercent: 100,
    };
    this.service = new ServiceSimulator({
      definition,
      hasHealthCheck,
      taskDefinition: { requiresAttributes: [{ name: FIT }] },
    });
  }

  having(...wanted: readonly Condition[]): string[] {
    return IDS.filter((id) => wanted.includes(this.conditions.get(id) ?? 'good'));
  }

  /** Looks at what the instances are like, plans, and checks the plan. Full instances refuse their task. */
  plan(): void {
    const { service } = this;
    const before = service.snapshot.tasks;
    service.fullInstances.clear();
    for (const id of this.having('full')) service.fullInstances.add(id);
    service.feed({ kind: 'instancesChanged' });
    const need = service.feed({ kind: 'plan', facts: {} }).find(({ kind }) => kind === 'need');
    if (need?.kind !== 'need' || need.need.kind !== 'look')
      throw new Error('the service did not look at its instances');
    service.feed({ kind: 'looked', look: this.#look(), question: need.need.question, at: service.now });
    const plan = service.plan();
    this.#check(before, new Set(plan.stop.map(({ taskId }) => taskId)));
  }

  /** All instances that are there, in columns; those that are unfit lack the attribute that the task definition asks for. */
  #look(): DaemonLook {
    const there = IDS.filter((id) => this.conditions.get(id) !== 'gone');
    const draining = (id: string) => this.having('draining', 'busyDraining').includes(id);
    const fits = (id: string) => !this.having('unfit').includes(id);
    return {
      digest: '',
      busyDrainingIds: this.having('busyDraining'),
      marks: [],
      instances: {
        takenAt: this.service.now,
        totalInstances: there.length,
        ids: there,
        agentConnected: there.map(() => true),
        cpu: [],
        memoryMiB: [],
        usedPorts: {},
        gpuIds: {},
        attributes: { [FIT]: { values: ['yes'], index: there.map((id) => (fits(id) ? 0 : -1)) } },
        agentVersion: { values: [], index: there.map(() => -1) },
        registeredAt: there.map(() => 0),
        runningTasksCount: there.map(() => 0),
        status: there.map((id) => (draining(id) ? 'DRAINING' : 'ACTIVE')),
        groupTasks: {},
        elsewhere: [],
      },
    };
  }

  #check(before: readonly ServiceTask[], stops: ReadonlySet<string>): void {
    const { service } = this;
    const { snapshot, now } = service;
    const places = snapshot.tasks.map((task) => task.containerInstanceId);
    expect(new Set(places).size).toBe(places.length);
    const eligible = new Set(this.having('good', 'full'));
    const healthy = classifyTasks({ ...snapshot, tasks: before }, now, DEFAULT_POLICY).filter(
      (item) => item.healthy && eligible.has(item.task.containerInstanceId),
    );
    const stopped = healthy.filter(({ task }) => stops.has(task.taskId)).length;
    const lower = Math.ceil((eligible.size * snapshot.definition.minimumHealthyPercent) / 100);
    if (stopped > 0) expect(healthy.length - stopped).toBeGreaterThanOrEqual(lower);
  }

  happen(happening: Happening): void {
    const { service } = this;
    const task = (n: number) => service.snapshot.tasks[n % Math.max(1, service.snapshot.tasks.length)];
    switch (happening.kind) {
      case 'wait':
        service.now += happening.seconds * 1000;
        return;
      case 'step':
        service.step(task(happening.which)?.taskId ?? '');
        return;
      case 'stepAll':
        service.stepAll();
        return;
      case 'crash':
        service.crash(task(happening.which)?.taskId ?? '');
        return;
      case 'sicken': {
        const found = task(happening.which);
        if (found?.lastStatus === 'RUNNING' && found.hasHealthCheck)
          service.report(found.taskId, { healthStatus: 'UNHEALTHY' });
        return;
      }
      case 'instance': {
        const id = IDS[happening.which % IDS.length] ?? '';
        this.conditions.set(id, happening.condition);
        // A lost instance takes its task with it.
        if (happening.condition === 'gone') {
          service.feed({ kind: 'notice', notice: { containerInstanceId: id, kind: 'lost' } });
        }
        return;
      }
      case 'deploy': {
        const id = service.deploy();
        if (happening.quality === 'broken') service.brokenDeployments.add(id);
        if (happening.quality === 'sick') service.sickDeployments.add(id);
      }
    }
  }
}

const anyLife = fc.record({
  minimumHealthyPercent: fc.constantFrom(0, 0, 34, 50, 75),
  hasHealthCheck: fc.boolean(),
  happenings: fc.array(anyHappening, { maxLength: 40 }),
});

function live({
  minimumHealthyPercent,
  hasHealthCheck,
  happenings,
}: typeof anyLife extends fc.Arbitrary<infer L> ? L : never): World {
  const world = new World(minimumHealthyPercent, hasHealthCheck);
  for (const happening of happenings) {
    world.happen(happening);
    world.plan();
  }
  return world;
}

describe('over any life of a DAEMON service', () => {
  it('no instance ever has two tasks, the lower bound holds, and no task is stopped twice', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const { service } = live(life);
        expect(new Set(service.stoppedIds).size).toBe(service.stoppedIds.length);
      }),
      { numRuns: 500 },
    );
  });

  it('comes to one task on each eligible instance with room, and none elsewhere', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const world = live(life);
        const target = world.service.deploy();
        for (const id of world.having('full', 'busyDraining'))
          world.conditions.set(id, id < 'i3' ? 'good' : 'draining');
        // With one instance and some minimum the bounds leave no step, which is said in an event.
        const eligible = world.having('good', 'full');
        fc.pre(Math.ceil((eligible.length * life.minimumHealthyPercent) / 100) < Math.max(1, eligible.length));
        for (let round = 0; round < 120; round++) {
          world.plan();
          world.service.stepAll();
          world.service.now += 30_000;
        }
        const { tasks, deployments } = world.service.snapshot;
        const gone = new Set(world.having('gone'));
        expect(
          tasks
            .filter((task) => !gone.has(task.containerInstanceId))
            .map((t) => t.containerInstanceId)
            .sort(),
        ).toEqual(eligible);
        expect(new Set(tasks.map(({ deploymentId }) => deploymentId))).toEqual(
          new Set(eligible.length > 0 ? [target] : []),
        );
        expect(deployments).toMatchObject([{ deploymentId: target, rolloutState: 'COMPLETED' }]);
      }),
      { numRuns: 300 },
    );
  });
});
