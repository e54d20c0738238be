/** Every operation has exactly one rate, and those of a category share it. */
import { describe, expect, it } from 'vitest';
import { operations } from '../../../../api/ecs/operations/index.ts';
import { CATEGORIES } from '../../../../api/throttle/categories.ts';
import { Throttle } from '../../../../api/throttle/throttle.ts';

describe('the categories', () => {
  it('have each operation once, and no other', () => {
    const throttled = CATEGORIES.flatMap(({ operations: names }) => names);
    expect(throttled.toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
  });

  it('have a rate each, and a name of their own', () => {
    expect(new Set(CATEGORIES.map(({ name }) => name)).size).toBe(CATEGORIES.length);
    expect(CATEGORIES.filter(({ burst, perSecond }) => burst < 1 || perSecond <= 0)).toEqual([]);
  });
});

describe('a throttle', () => {
  const at = { now: 0 };
  const throttle = (factor = 1) => new Throttle({ factor, now: () => at.now });
  const admitted = (one: Throttle, operation: string, calls: number, service = 'ecs'): number =>
    Array.from({ length: calls }, () => {
      try {
        one.admit(service, operation);
        return 1;
      } catch (error) {
        expect(error).toMatchObject({ code: 'ThrottlingException', message: 'Rate exceeded' });
        return 0;
      }
    }).reduce((sum: number, one) => sum + one, 0);

  it.each(CATEGORIES.map(({ name, burst, operations: [operation = ''] }) => [name, burst, operation] as const))(
    'of %s admits %d calls at once',
    (_name, burst, operation) => {
      expect(admitted(throttle(), operation, burst + 10)).toBe(burst);
    },
  );

  it('counts the operations of a category together, and those of others apart', () => {
    const one = throttle();
    expect(admitted(one, 'CreateCluster', 15)).toBe(15);
    expect(admitted(one, 'DeleteCluster', 15)).toBe(5);
    expect(admitted(one, 'DescribeClusters', 15)).toBe(15);
  });

  it('admits again as time passes', () => {
    const one = throttle();
    admitted(one, 'RunTask', 200);
    at.now += 500;
    expect(admitted(one, 'RunTask', 200)).toBe(20);
  });

  it('multiplies the rates, and never lets a bucket hold less than one call', () => {
    expect(admitted(throttle(2), 'CreateCluster', 100)).toBe(40);
    expect(admitted(throttle(0.01), 'CreateCluster', 100)).toBe(1);
  });

  it('does not count operations that ECS does not have, nor those of other services', () => {
    expect(admitted(throttle(0.01), 'MakeCoffee', 100)).toBe(100);
    expect(admitted(throttle(0.01), 'TagResource', 100, 'elasticloadbalancing')).toBe(100);
  });
});
