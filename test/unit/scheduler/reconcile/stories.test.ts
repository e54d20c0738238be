/** Whole stories: each plan is carried out, and the next plan starts from its result, as in the workflow. */
import { describe, expect, it } from 'vitest';
import { ServiceSimulator } from '../../../support/service-simulator.ts';

const steadyService = (definition = {}, hasHealthCheck = false): ServiceSimulator => {
  const world = new ServiceSimulator({ definition: { desiredCount: 3, ...definition }, hasHealthCheck });
  world.run(6);
  return world;
};
const ids = (world: ServiceSimulator): readonly string[] => world.alive().map(({ taskId }) => taskId);

describe('a new service', () => {
  it('starts its tasks, completes its deployment and is steady', () => {
    const world = steadyService();
    expect(ids(world)).toHaveLength(3);
    expect(world.snapshot.deployments.map(({ rolloutState }) => rolloutState)).toEqual(['COMPLETED']);
    const [started, ...told] = world.events.map((text) => text.replace(/ecs-svc\/\d+/, 'D'));
    expect(started).toMatch(/^\(service web\) has started 3 tasks: /);
    expect(told).toEqual([
      '(service web) (deployment D) deployment completed.',
      '(service web) has reached a steady state.',
    ]);
  });

  it('replaces a task that crashed', () => {
    const world = steadyService();
    const [first = ''] = ids(world);
    world.crash(first);
    expect(world.plan().start).toEqual([expect.objectContaining({ count: 1, replaces: [] })]);
    world.run(3);
    expect(ids(world)).toHaveLength(3);
    expect(world.events.filter((text) => text.includes('steady state'))).toHaveLength(2);
  });
});

describe('a rolling update', () => {
  it('starts new tasks, waits until they count as healthy, and then stops the old ones', () => {
    const world = steadyService();
    const old = ids(world);
    world.now += 600_000;
    world.deploy();
    expect(world.plan().start).toEqual([expect.objectContaining({ count: 3 })]);
    world.stepAll();
    world.now += 39_999;
    expect(world.plan()).toMatchObject({ start: [], stop: [], wakeAt: world.now + 1 });
    world.now += 1;
    const stops = world.plan().stop.map(({ taskId }) => taskId);
    expect([...stops].sort()).toEqual([...old].sort());
    world.stepAll();
    expect(world.plan().deployments.map(({ kind }) => kind)).toEqual(['remove', 'complete']);
    expect(world.snapshot.deployments).toHaveLength(1);
  });

  it('never completes if new tasks fail to start, and leaves the old ones alone', () => {
    const world = steadyService();
    world.now += 600_000;
    const old = ids(world);
    world.brokenDeployments.add(world.deploy());
    world.run(200, 60);
    expect(world.stoppedIds).toEqual([]);
    expect(ids(world)).toEqual(expect.arrayContaining([...old]));
    const [primary] = world.snapshot.deployments;
    expect(primary).toMatchObject({ rolloutState: 'IN_PROGRESS' });
    expect(primary!.failedTasks).toBeGreaterThan(10);
    expect(primary!.failedTasks).toBeLessThan(60);
  });

  it('replaces lost old tasks at their own revision while new ones fail', () => {
    const world = steadyService();
    const oldDeployment = world.snapshot.deployments[0]!.deploymentId;
    world.now += 600_000;
    world.brokenDeployments.add(world.deploy());
    world.run(5, 1);
    world.crash(ids(world)[0] ?? '');
    world.run(100, 30);
    expect(world.alive(oldDeployment)).toHaveLength(3);
  });

  it('recovers when a broken update is followed by a good one', () => {
    const world = steadyService();
    world.now += 600_000;
    world.brokenDeployments.add(world.deploy());
    world.run(20, 60);
    const good = world.deploy();
    world.run(12);
    expect(world.alive(good)).toHaveLength(3);
    expect(world.alive()).toHaveLength(3);
    expect(world.snapshot.deployments.map(({ deploymentId }) => deploymentId)).toEqual([good]);
  });

  it('keeps the old tasks when the new ones turn unhealthy', () => {
    const world = steadyService({}, true);
    const oldDeployment = world.snapshot.deployments[0]!.deploymentId;
    world.sickDeployments.add(world.deploy());
    world.run(50);
    expect(world.alive(oldDeployment).filter(({ healthStatus }) => healthStatus === 'HEALTHY')).toHaveLength(3);
    expect(world.alive().length).toBeLessThanOrEqual(6);
    expect(world.snapshot.deployments[0]).toMatchObject({ rolloutState: 'IN_PROGRESS' });
  });

  it('replaces one task at a time if the bounds are tight', () => {
    const world = steadyService({ desiredCount: 4, minimumHealthyPercent: 75, maximumPercent: 100 });
    world.now += 600_000;
    const target = world.deploy();
    world.run(40);
    expect(world.alive(target)).toHaveLength(4);
    expect(world.alive()).toHaveLength(4);
    expect(Math.max(...world.plans.map(({ stop }) => stop.length))).toBe(1);
  });
});

describe('an unhealthy task', () => {
  it('is replaced first, and stopped when the replacement is healthy', () => {
    const world = steadyService({}, true);
    const [sick = ''] = ids(world);
    world.report(sick, { healthStatus: 'UNHEALTHY' });
    expect(world.plan()).toMatchObject({ start: [{ count: 1, replaces: [sick] }], stop: [] });
    expect(world.plan()).toMatchObject({ start: [], stop: [] });
    world.run(5);
    expect(world.stoppedIds).toEqual([sick]);
    expect(ids(world)).toHaveLength(3);
    expect(world.snapshot.notedAt).toEqual({});
  });
});

describe('a draining instance', () => {
  it('is emptied without going below the bounds, and the service is steady elsewhere', () => {
    const world = steadyService({}, false);
    world.now += 600_000;
    world.set({ drainingInstanceIds: ['i1'] });
    const start = world.plan();
    expect(start).toMatchObject({ start: [{ count: 1 }], stop: [] });
    world.snapshot.tasks
      .filter(({ containerInstanceId, lastStatus }) => containerInstanceId === 'i1' && lastStatus === 'PENDING')
      .forEach(({ taskId }) => world.change(taskId, { containerInstanceId: 'i2' }));
    world.run(6);
    expect(world.alive().map(({ containerInstanceId }) => containerInstanceId)).not.toContain('i1');
    expect(ids(world)).toHaveLength(3);
    expect(world.snapshot.steadySince).toBeDefined();
  });
});

describe('deletion', () => {
  it('stops each task once and ends INACTIVE', () => {
    const world = steadyService();
    const before = ids(world);
    world.set({ status: 'DRAINING' });
    world.run(3);
    expect([...world.stoppedIds].sort()).toEqual([...before].sort());
    expect(world.snapshot.status).toBe('INACTIVE');
  });
});
