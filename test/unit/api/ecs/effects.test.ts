/** What each operation does to the recorded data. */
import { describe, expect, it } from 'vitest';
import { operations } from '../../../../api/ecs/operations/index.ts';

const named = (effect: string): readonly string[] =>
  operations.filter((operation) => operation.effect === effect).map(({ name }) => name);

describe('the effect of an operation', () => {
  it('is to read if its ECS name says so, and only then', () => {
    const names = operations.map(({ name }) => name).filter((name) => /^(Describe|List|Get)/.test(name));
    expect(named('reads')).toEqual(names);
  });

  it('is to free if a caller with a full disk may need it to end or remove something', () => {
    expect(named('frees').toSorted()).toEqual([
      'DeleteAccountSetting',
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
