/** Every operation has exactly one rate, and those of a category share it. */
import { describe, expect, it } from 'vitest';
import { cloudtrailDoor } from '../../../../api/cloudtrail/door.ts';
import { ecsDoor } from '../../../../api/ecs/door.ts';
import { iamDoor } from '../../../../api/iam/door.ts';
import { secretsManagerDoor } from '../../../../api/secretsmanager/door.ts';
import { ssmDoor } from '../../../../api/ssm/door.ts';
import { stsDoor } from '../../../../api/sts/door.ts';
import { CATEGORIES } from '../../../../api/throttle/categories.ts';
import { type CalledBy, Throttle } from '../../../../api/throttle/throttle.ts';

const ALL = Object.entries(CATEGORIES).flatMap(([service, categories]) =>
  categories.map((category) => ({ service, ...category })),
);

describe('the categories', () => {
  it.each(
    [cloudtrailDoor, ecsDoor, stsDoor, iamDoor, secretsManagerDoor, ssmDoor].map(
      (door) => [door.service, door] as const,
    ),
  )('have each operation of %s once, and no other', (service, door) => {
    const throttled = CATEGORIES[service]!.flatMap(({ operations: names }) => names);
    expect(throttled.toSorted()).toEqual([...door.operations.keys()].toSorted());
  });

  it('have a rate each, and a name of their own', () => {
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
    expect(ALL.filter(({ burst, perSecond }) => burst < 1 || perSecond <= 0)).toEqual([]);
  });
});

describe('a throttle', () => {
  const at = { now: 0 };
  const throttle = (factor = 1) => new Throttle({ factor, now: () => at.now });
  type Called = Partial<CalledBy> & { readonly service?: string };
  const BY = { source: '10.0.0.1', principal: 'arn:aws:iam::123456789012:root' };
  const admitted = (one: Throttle, operation: string, calls: number, { service = 'ecs', ...by }: Called = {}) =>
    Array.from({ length: calls }, () => {
      try {
        one.admit(service, operation, { ...BY, ...by });
        return 1;
      } catch (error) {
        expect(error).toMatchObject({ code: 'ThrottlingException', message: 'Rate exceeded' });
        return 0;
      }
    }).reduce((sum: number, one) => sum + one, 0);

  it.each(
    ALL.map(({ name, burst, operations: [operation = ''], service }) => [name, burst, operation, service] as const),
  )('of %s admits %d calls at once', (_name, burst, operation, service) => {
    expect(admitted(throttle(), operation, burst + 10, { service })).toBe(burst);
  });

  it('counts the operations of a category together, and those of others apart', () => {
    const one = throttle();
    expect(admitted(one, 'CreateCluster', 15)).toBe(15);
    expect(admitted(one, 'DeleteCluster', 15)).toBe(5);
    expect(admitted(one, 'DescribeClusters', 15)).toBe(15);
  });

  it('counts what anybody may call apart from what the account calls', () => {
    const one = throttle();
    expect(admitted(one, 'AssumeRoleWithWebIdentity', 500, { service: 'sts' })).toBe(100);
    expect(admitted(one, 'GetSessionToken', 500, { service: 'sts' })).toBe(100);
    expect(admitted(one, 'GetCallerIdentity', 700, { service: 'sts' })).toBe(600);
    expect(admitted(one, 'AssumeRole', 500, { service: 'sts' })).toBe(500);
    expect(admitted(one, 'GetAccessKeyInfo', 500, { service: 'sts' })).toBe(100);
  });

  it.each([
    ['AssumeRoleWithWebIdentity', 'source', 100],
    ['GetSessionToken', 'principal', 100],
    ['GetCallerIdentity', 'principal', 600],
  ] as const)('lets nobody use up the calls of %s that others may make', (operation, per, most) => {
    const one = throttle();
    const from = (who: string) => admitted(one, operation, 700, { service: 'sts', [per]: who });
    expect([from('one'), from('one'), from('another'), from('a third')]).toEqual([most, 0, most, most]);
  });

  it('remembers those who call, whoever else comes, up to ten thousand', () => {
    const one = throttle();
    const from = (who: string, calls: number) =>
      admitted(one, 'GetSessionToken', calls, { service: 'sts', principal: who });
    expect(from('one', 200)).toBe(100);
    for (let i = 1; i < 10_000; i++) from(`${i}`, 1);
    expect(from('one', 1)).toBe(0);
    for (let i = 0; i < 10_000; i++) from(`other ${i}`, 1);
    expect(from('one', 200)).toBe(100);
  });

  it('admits no more than a thousand calls at once from all addresses together, and then 500 a second', () => {
    const one = throttle();
    const fromMany = (calls: number, name: string) =>
      Array.from({ length: calls }, (_, i) =>
        admitted(one, 'AssumeRoleWithWebIdentity', 1, { service: 'sts', source: `${name} ${i}` }),
      ).reduce((sum, each) => sum + each, 0);
    // What one address is refused is not taken from the others.
    expect(admitted(one, 'AssumeRoleWithWebIdentity', 5_000, { service: 'sts' })).toBe(100);
    expect(fromMany(20_000, 'first')).toBe(900);
    at.now += 1_000;
    expect(fromMany(20_000, 'second')).toBe(500);
    expect(admitted(one, 'GetSessionToken', 1, { service: 'sts' })).toBe(1);
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

  it('does not count operations that a service does not have', () => {
    expect(admitted(throttle(0.01), 'MakeCoffee', 100)).toBe(100);
    expect(admitted(throttle(0.01), 'TagResource', 100, { service: 'elasticloadbalancing' })).toBe(100);
  });
});
