/** The list of task sets: how calls of an external deployment controller change it. */
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../../model/service.ts';
import { addTaskSet, changeTaskSet, makePrimary } from '../../../../scheduler/task-sets/task-sets.ts';
import { aDeployment, NOW } from '../../../support/service-builders.ts';

const PART = { scale: 50, digest: 'd', tags: [] } as const;
const EARLIER = NOW - 1_000;

const aSet = (deploymentId: string, status: Deployment['status'] = 'ACTIVE'): Deployment =>
  aDeployment({
    deploymentId,
    status,
    updatedAt: EARLIER,
    taskSet: { ...PART, stabilityStatus: 'STEADY_STATE', stabilityStatusAt: EARLIER },
  });
const spec = (deploymentId: string) => ({ deploymentId, taskDefinitionArn: 'web:1', taskSet: PART });
const ids = (list: readonly Deployment[]): readonly string[] => list.map(({ deploymentId }) => deploymentId);

describe('addTaskSet', () => {
  it('adds an ACTIVE set that has yet to become stable, and is nobody’s rollout', () => {
    expect(addTaskSet([], spec('a'), NOW)).toEqual([
      {
        deploymentId: 'a',
        taskDefinitionArn: 'web:1',
        status: 'ACTIVE',
        rolloutState: 'COMPLETED',
        rolloutStateReason: '',
        failedTasks: 0,
        createdAt: NOW,
        updatedAt: NOW,
        taskSet: { ...PART, stabilityStatus: 'STABILIZING', stabilityStatusAt: NOW },
      },
    ]);
  });

  it.each<[string, readonly Deployment[], readonly string[]]>([
    ['the first', [], ['new']],
    ['beside another: the newest first', [aSet('a')], ['new', 'a']],
    ['beside a PRIMARY one, which stays in front', [aSet('p', 'PRIMARY'), aSet('a')], ['p', 'new', 'a']],
  ])('%s', (_name, before, after) => {
    expect(ids(addTaskSet(before, spec('new'), NOW))).toEqual(after);
  });

  it('leaves the others as they are', () => {
    const others = [aSet('p', 'PRIMARY'), aSet('a')];
    const list = addTaskSet(others, spec('new'), NOW);
    expect(list.filter(({ deploymentId }) => deploymentId !== 'new')).toEqual(others);
  });
});

describe('changeTaskSet', () => {
  it.each([
    ['its scale', { scale: 100 }],
    ['its end', { draining: true }],
    ['both', { scale: 0, draining: true }],
  ])('changes %s, and nothing else', (_name, changes) => {
    const [a, b] = [aSet('a'), aSet('b')];
    const [changed, other] = changeTaskSet([a, b], 'a', changes, NOW);
    expect(changed).toEqual({ ...a, taskSet: { ...a.taskSet, ...changes }, updatedAt: NOW });
    expect(other).toBe(b);
  });

  it.each<[string, readonly Deployment[]]>([
    ['nobody knows', [aSet('a')]],
    ['is a deployment, not a task set', [aDeployment({ deploymentId: 'x' })]],
  ])('changes nothing where the id %s', (_name, list) => {
    expect(changeTaskSet(list, 'x', { scale: 1 }, NOW)).toEqual(list);
  });
});

describe('makePrimary', () => {
  const statuses = (list: readonly Deployment[]) =>
    list.map(({ deploymentId, status, updatedAt }) => [deploymentId, status, updatedAt === NOW]);

  it.each<[string, readonly Deployment[], readonly (readonly [string, string, changed: boolean])[]]>([
    ['the only one', [aSet('a')], [['a', 'PRIMARY', true]]],
    [
      'one of several, which comes to the front',
      [aSet('b'), aSet('a')],
      [
        ['a', 'PRIMARY', true],
        ['b', 'ACTIVE', false],
      ],
    ],
    [
      'in the place of another, which becomes ACTIVE',
      [aSet('p', 'PRIMARY'), aSet('b'), aSet('a')],
      [
        ['a', 'PRIMARY', true],
        ['p', 'ACTIVE', true],
        ['b', 'ACTIVE', false],
      ],
    ],
    [
      'one that is PRIMARY already',
      [aSet('a', 'PRIMARY'), aSet('b')],
      [
        ['a', 'PRIMARY', false],
        ['b', 'ACTIVE', false],
      ],
    ],
  ])('%s', (_name, before, after) => {
    expect(statuses(makePrimary(before, 'a', NOW))).toEqual(after);
  });
});
