import { describe, expect, it } from 'vitest';
import { operations } from '../../../../api/ecs/operations/index.ts';

const named = (effect: string): readonly string[] =>
  operations.filter((operation) => operation.effect === effect).map(({ name }) => name);

describe('the effect of an operation', () => {
  it('is to read where ECS names it so, and nowhere else', () => {
    const names = operations.map(({ name }) => name).filter((name) => /^(Describe|List|Get)/.test(name));
    expect(named('reads')).toEqual(names);
  });

  it('is to free what a caller with a full disk has to end or remove', () => {
    expect(named('frees').toSorted()).toEqual([
      'DeleteAttributes',
      'DeleteCapacityProvider',
      'DeleteCluster',
      'DeleteService',
      'DeleteTaskDefinitions',
      'DeleteTaskSet',
      'DeregisterContainerInstance',
      'DeregisterTaskDefinition',
      'StopServiceDeployment',
      'StopTask',
    ]);
  });
});
