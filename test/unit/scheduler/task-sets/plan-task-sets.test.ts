/** Plans of services with task sets. */
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../../model/service.ts';
import { computedDesiredCount } from '../../../../model/task-set.ts';
import type { ServiceTask } from '../../../../scheduler/service/types.ts';
import { applyDeploymentDecisions } from '../../../../scheduler/rollout/deployments.ts';
import { planTaskSets } from '../../../../scheduler/task-sets/plan-task-sets.ts';
import { addTaskSet, changeTaskSet, makePrimary } from '../../../../scheduler/task-sets/task-sets.ts';
import { aSnapshot, aTask, NOW } from '../../../support/service-builders.ts';

const BLUE = 'ecs-svc/0000000000000000001';
const GREEN = 'ecs-svc/0000000000000000002';

const taskSet = (deploymentId: string, scale: number) => ({
  deploymentId,
  taskDefinitionArn: `arn:aws:ecs:us-east-1:123456789012:task-definition/${deploymentId}:1`,
  taskSet: { scale, digest: 'd', tags: [] },
});
const sets = (...scales: readonly (readonly [string, number])[]): readonly Deployment[] =>
  scales.reduce<readonly Deployment[]>((all, [id, scale]) => addTaskSet(all, taskSet(id, scale), NOW - 60_000), []);
const tasks = (deploymentId: string, count: number): readonly ServiceTask[] =>
  Array.from({ length: count }, (_, i) => aTask(`${deploymentId.slice(-1)}-${i}`, { deploymentId }));
const external = (deployments: readonly Deployment[], own: readonly ServiceTask[], desiredCount = 4) =>
  aSnapshot({ definition: { deploymentController: 'EXTERNAL', desiredCount }, deployments, tasks: own });

describe('computedDesiredCount', () => {
  it.each([
    [10, 50, 5],
    [3, 50, 2],
    [1, 1, 1],
    [5, 0, 0],
    [0, 100, 0],
    [7, 100, 7],
  ])('%i desired at %i percent are %i', (desired, scale, computed) => {
    const part = { scale, digest: '', tags: [], stabilityStatus: 'STABILIZING', stabilityStatusAt: 0 } as const;
    expect(computedDesiredCount(desired, part)).toBe(computed);
    expect(computedDesiredCount(desired, { ...part, draining: true })).toBe(0);
  });
});

describe('the list of task sets', () => {
  it('shows the PRIMARY set first, then the newest', () => {
    const all = sets([BLUE, 100], [GREEN, 0], ['ecs-svc/3', 0]);
    const ids = makePrimary(all, BLUE, NOW).map(({ deploymentId, status }) => [deploymentId, status]);
    expect(ids).toEqual([
      [BLUE, 'PRIMARY'],
      ['ecs-svc/3', 'ACTIVE'],
      [GREEN, 'ACTIVE'],
    ]);
  });

  it('has at most one PRIMARY set', () => {
    const all = makePrimary(makePrimary(sets([BLUE, 100], [GREEN, 100]), BLUE, NOW), GREEN, NOW);
    expect(all.filter(({ status }) => status === 'PRIMARY').map((set) => set.deploymentId)).toEqual([GREEN]);
  });
});

describe('planTaskSets', () => {
  it('keeps each set at its share', () => {
    const plan = planTaskSets(external(sets([BLUE, 100], [GREEN, 25]), tasks(BLUE, 2)), NOW);
    const starts = plan.start.map(({ deploymentId, count }) => [deploymentId, count]);
    expect(starts).toEqual([
      [GREEN, 1],
      [BLUE, 2],
    ]);
    expect(plan.stop).toEqual([]);
  });

  it('scales one set in and leaves the other alone', () => {
    const all = changeTaskSet(sets([BLUE, 100], [GREEN, 100]), BLUE, { scale: 50 }, NOW);
    const plan = planTaskSets(external(all, [...tasks(BLUE, 4), ...tasks(GREEN, 4)]), NOW);
    expect(plan.start).toEqual([]);
    expect(plan.stop.map(({ taskId }) => taskId[0])).toEqual(['1', '1']);
    expect(plan.events).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\(service web, taskSet ecs-svc\/0+1\) has stopped 2 running/)]),
    );
  });

  it('says once that a set is stable, and that the service is steady when all sets are', () => {
    const snapshot = external(sets([BLUE, 100], [GREEN, 0]), tasks(BLUE, 4));
    const plan = planTaskSets(snapshot, NOW);
    expect(plan.events).toEqual([
      `(service web, taskSet ${GREEN}) updated state to STEADY_STATE.`,
      `(service web, taskSet ${BLUE}) updated state to STEADY_STATE.`,
      '(service web) has reached a steady state.',
    ]);
    expect(plan.actions.map(({ eventName }) => eventName)).toEqual([
      'TASKSET_STEADY_STATE',
      'TASKSET_STEADY_STATE',
      'SERVICE_STEADY_STATE',
    ]);
    const deployments = applyDeploymentDecisions(snapshot.deployments, plan.deployments, NOW);
    expect(deployments.map((set) => set.taskSet?.stabilityStatus)).toEqual(['STEADY_STATE', 'STEADY_STATE']);
    const { steadySince = 0 } = plan;
    expect(planTaskSets({ ...snapshot, deployments, steadySince }, NOW + 1).events).toEqual([]);
  });

  it('says that a set is no longer stable', () => {
    const steady = sets([BLUE, 100]).map((set) => ({
      ...set,
      ...(set.taskSet ? { taskSet: { ...set.taskSet, stabilityStatus: 'STEADY_STATE' as const } } : {}),
    }));
    const plan = planTaskSets(external(steady, tasks(BLUE, 3)), NOW);
    expect(plan.deployments).toEqual([{ kind: 'stability', deploymentId: BLUE, status: 'STABILIZING' }]);
    expect(plan.steadySince).toBeUndefined();
  });

  it('stops the tasks of a deleted set, then removes the set', () => {
    const all = changeTaskSet(sets([BLUE, 100], [GREEN, 100]), GREEN, { draining: true }, NOW);
    const plan = planTaskSets(external(all, [...tasks(BLUE, 4), ...tasks(GREEN, 4)]), NOW);
    expect(plan.stop).toHaveLength(4);
    const gone = planTaskSets(external(all, tasks(BLUE, 4)), NOW);
    expect(gone.deployments).toContainEqual({ kind: 'remove', deploymentId: GREEN });
  });

  it('stops all tasks of a deleted service', () => {
    const snapshot = { ...external(sets([BLUE, 100]), tasks(BLUE, 4)), status: 'DRAINING' as const };
    expect(planTaskSets(snapshot, NOW).stop).toHaveLength(4);
    expect(planTaskSets({ ...snapshot, tasks: [] }, NOW).becomesInactive).toBe(true);
  });

  it('waits for a task set if there is none', () => {
    const plan = planTaskSets(external([], []), NOW);
    expect(plan).toMatchObject({ start: [], stop: [], events: [], waitingFor: 'a task set' });
  });
});
