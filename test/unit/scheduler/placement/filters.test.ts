/** The filters of placement, and their refusals. */
import { describe, expect, it } from 'vitest';
import { placeTasks } from '../../../../scheduler/placement/place-tasks.ts';
import type { PlacementRequest } from '../../../../scheduler/placement/types.ts';
import { aRequest, aSnapshot, anInstance } from '../../../../fixtures/capacity.ts';
import type { InstanceRow } from '../../../../fixtures/capacity.ts';

type Ask = Parameters<typeof aRequest>[0];

/** How one instance answers a request for `count` tasks: how many fit, and why the rest do not. */
function ask(row: Partial<InstanceRow>, request: Ask): { placed: number; reason: string | undefined } {
  const { placed, refusal } = placeTasks(aRequest(request), aSnapshot([anInstance('a', row)]), 1);
  return { placed: placed.length, reason: refusal?.reason };
}

const memberOf = (expression: string): Pick<PlacementRequest, 'constraints'> => ({
  constraints: [{ type: 'memberOf', expression }],
});
const distinctInstance: Pick<PlacementRequest, 'constraints'> = { constraints: [{ type: 'distinctInstance' }] };

describe('agent', () => {
  it('refuses an instance whose agent is not connected', () => {
    expect(ask({ agentConnected: false }, {})).toEqual({ placed: 0, reason: 'AGENT' });
    expect(ask({ agentConnected: true }, {})).toEqual({ placed: 1, reason: undefined });
  });
});

describe('cpu', () => {
  it.each([
    [1024, 1, 1],
    [1023, 1, 0],
    [2048, 2, 2],
    [2047, 2, 1],
    [0, 1, 0],
    [-512, 1, 0],
  ])('%i units free, %i tasks of 1,024: %i placed', (cpu, count, placed) => {
    const reason = placed < count ? 'RESOURCE:CPU' : undefined;
    expect(ask({ cpu }, { count, resources: { cpu: 1024 } })).toEqual({ placed, reason });
  });

  it('passes a full instance for tasks that need no cpu', () => {
    expect(ask({ cpu: 0 }, { resources: { cpu: 0 } }).placed).toBe(1);
  });
});

describe('memory', () => {
  it.each([
    [512, 1, 1],
    [511, 1, 0],
    [1200, 5, 2],
    [0, 1, 0],
  ])('%i MiB free, %i tasks of 512: %i placed', (memoryMiB, count, placed) => {
    const reason = placed < count ? 'RESOURCE:MEMORY' : undefined;
    expect(ask({ memoryMiB }, { count, resources: { memoryMiB: 512 } })).toEqual({ placed, reason });
  });
});

describe('ports', () => {
  it.each<[string, Partial<InstanceRow>, Ask, number]>([
    ['free', {}, { resources: { ports: ['80/tcp'] } }, 1],
    ['taken', { usedPorts: ['80/tcp'] }, { resources: { ports: ['80/tcp'] } }, 0],
    ['one of two taken', { usedPorts: ['81/tcp'] }, { resources: { ports: ['80/tcp', '81/tcp'] } }, 0],
    ['other protocol', { usedPorts: ['80/udp'] }, { resources: { ports: ['80/tcp'] } }, 1],
    ['reserved by default', {}, { resources: { ports: ['22/tcp'] } }, 0],
    ['not reserved here', { usedPorts: ['2375/tcp'] }, { resources: { ports: ['22/tcp'] } }, 1],
    ['taken, but not asked for', { usedPorts: ['80/tcp'] }, { resources: { ports: [] } }, 1],
    ['twice in one call', {}, { count: 2, resources: { ports: ['80/tcp'] } }, 1],
  ])('%s', (_, row, request, placed) => {
    const reason = placed < (request?.count ?? 1) ? 'RESOURCE:PORTS' : undefined;
    expect(ask(row, request)).toEqual({ placed, reason });
  });
});

describe('GPU', () => {
  it.each([
    [0, 1, 1, 0],
    [1, 1, 1, 1],
    [4, 3, 2, 2],
    [4, 2, 4, 1],
  ])('%i free, %i tasks of %i: %i placed', (gpus, count, wanted, placed) => {
    const reason = placed < count ? 'RESOURCE:GPU' : undefined;
    expect(ask({ gpus }, { count, resources: { gpus: wanted } })).toEqual({ placed, reason });
  });
});

describe('every GPU of an instance', () => {
  it.each([
    ['all free, one task', { gpus: 4 }, 1, 1],
    ['all free, two tasks', { gpus: 4 }, 2, 1],
    ['one of them held', { gpus: 3, heldGpus: 1 }, 1, 0],
    ['an instance that has none', {}, 1, 0],
  ])('%s', (_, row, count, placed) => {
    const reason = placed < count ? 'RESOURCE:GPU' : undefined;
    expect(ask(row, { count, resources: { gpus: 'ALL' } })).toEqual({ placed, reason });
  });
});

describe('required attributes', () => {
  it.each<[Record<string, string>, { name: string; value?: string }[], boolean]>([
    [{}, [], true],
    [{}, [{ name: 'a' }], false],
    [{ a: '' }, [{ name: 'a' }], true],
    [{ a: '1' }, [{ name: 'a' }], true],
    [{ a: '1' }, [{ name: 'a', value: '1' }], true],
    [{ a: '1' }, [{ name: 'a', value: '2' }], false],
    [{ a: '' }, [{ name: 'a', value: '1' }], false],
    [{ a: '1' }, [{ name: 'a' }, { name: 'b' }], false],
    [{ a: '1', b: '' }, [{ name: 'a' }, { name: 'b' }], true],
  ])('%o with %o required: %s', (attributes, requiredAttributes, fits) => {
    expect(ask({ attributes }, { requiredAttributes })).toEqual({
      placed: fits ? 1 : 0,
      reason: fits ? undefined : 'ATTRIBUTE',
    });
  });
});

describe('launch type', () => {
  const offering = { attributes: { 'longshore.fargate': '' } };
  it.each<[Partial<InstanceRow>, 'EC2' | 'FARGATE' | 'EXTERNAL', boolean]>([
    [offering, 'FARGATE', true],
    [{}, 'FARGATE', false],
    [offering, 'EC2', true],
    [{}, 'EC2', true],
    [{}, 'EXTERNAL', true],
  ])('%o takes %s: %s', (row, launchType, fits) => {
    expect(ask(row, { launchType })).toEqual({ placed: fits ? 1 : 0, reason: fits ? undefined : 'ATTRIBUTE' });
  });
});

describe('distinctInstance', () => {
  it.each<[string, Record<string, number>, number, number]>([
    ['empty', {}, 1, 1],
    ['a task of the group is there', { 'service:web': 1 }, 1, 0],
    ['a task of another group is there', { 'service:db': 3 }, 1, 1],
    ['two in one call', {}, 2, 1],
  ])('%s', (_, groups, count, placed) => {
    const reason = placed < count ? 'CONSTRAINT' : undefined;
    expect(ask({ groups }, { count, ...distinctInstance })).toEqual({ placed, reason });
  });

  it('says which constraint was not met', () => {
    const snapshot = aSnapshot([anInstance('a', { groups: { 'service:web': 1 } })]);
    expect(placeTasks(aRequest(distinctInstance), snapshot, 1).refusal).toMatchObject({
      reason: 'CONSTRAINT',
      constraint: 'distinctInstance',
    });
  });
});

describe('memberOf', () => {
  it.each<[string, Partial<InstanceRow>, boolean]>([
    ['attribute:type =~ t2.*', { attributes: { type: 't2.small' } }, true],
    ['attribute:type =~ t2.*', { attributes: { type: 'm5.large' } }, false],
    ['agentVersion >= 1.80', {}, true],
    ['runningTasksCount < 2', { runningTasksCount: 2 }, false],
    ['task:group == service:db', { groups: { 'service:db': 1 } }, true],
    ['task:group == service:db', { groups: { 'service:db': 0 } }, false],
    ['not(task:group == service:db)', { groups: { 'service:db': 1 } }, false],
    ['task:group =~ service:.*', { groups: { 'service:db': 1 } }, true],
    ['task:group =~ service:.*', { groups: { 'service:web': 1 } }, true],
  ])('%s of %o: %s', (expression, row, fits) => {
    expect(ask(row, memberOf(expression))).toEqual({
      placed: fits ? 1 : 0,
      reason: fits ? undefined : 'CONSTRAINT',
    });
  });

  it('sees the tasks that the same call placed', () => {
    expect(ask({}, { count: 3, ...memberOf('task:group != service:web') })).toEqual({
      placed: 1,
      reason: 'CONSTRAINT',
    });
    expect(ask({}, { count: 3, ...memberOf('task:group !~ service:.*') })).toEqual({ placed: 1, reason: 'CONSTRAINT' });
  });

  it('requires every constraint', () => {
    const constraints = [
      { type: 'memberOf', expression: 'attribute:a exists' },
      { type: 'memberOf', expression: 'attribute:b exists' },
    ] as const;
    expect(ask({ attributes: { a: '' } }, { constraints }).placed).toBe(0);
    expect(ask({ attributes: { a: '', b: '' } }, { constraints }).placed).toBe(1);
  });

  it('refuses a malformed expression', () => {
    expect(ask({}, memberOf('attribute:'))).toEqual({ placed: 0, reason: 'UNPLACEABLE' });
  });
});

describe('the refusal', () => {
  it('counts what each filter refused, in the order of the filters', () => {
    const snapshot = aSnapshot([
      anInstance('a', { memoryMiB: 0 }),
      anInstance('b', { agentConnected: false }),
      anInstance('c', { memoryMiB: 100 }),
      anInstance('d', { cpu: 0 }),
    ]);
    expect(placeTasks(aRequest(), snapshot, 1)).toMatchObject({
      placed: [],
      refusal: {
        reason: 'RESOURCE:MEMORY',
        nearestInstanceId: 'c',
        counts: [
          { reason: 'AGENT', instances: 1 },
          { reason: 'RESOURCE:CPU', instances: 1 },
          { reason: 'RESOURCE:MEMORY', instances: 2 },
        ],
      },
    });
  });

  it.each<[string, InstanceRow[], Ask, string]>([
    [
      'passed most filters',
      [anInstance('a', { cpu: 255 }), anInstance('b', { usedPorts: ['80/tcp'] }), anInstance('c', { memoryMiB: 511 })],
      { resources: { ports: ['80/tcp'] } },
      'b',
    ],
    [
      'lacks least',
      [anInstance('a', { cpu: 100 }), anInstance('b', { cpu: 200 }), anInstance('c', { cpu: 0 })],
      {},
      'b',
    ],
    [
      'has the smaller id',
      [anInstance('c', { cpu: 9 }), anInstance('a', { cpu: 9 }), anInstance('b', { cpu: 9 })],
      {},
      'a',
    ],
    [
      'lacks fewer ports',
      [anInstance('a', { usedPorts: ['80/tcp', '81/tcp'] }), anInstance('b', { usedPorts: ['80/tcp'] })],
      { resources: { ports: ['80/tcp', '81/tcp'] } },
      'b',
    ],
    [
      'lacks fewer attributes',
      [anInstance('a'), anInstance('b', { attributes: { x: '' } })],
      { requiredAttributes: [{ name: 'x' }, { name: 'y' }] },
      'b',
    ],
  ])('names the instance that %s', (_, rows, request, nearest) => {
    expect(placeTasks(aRequest(request), aSnapshot(rows), 1).refusal?.nearestInstanceId).toBe(nearest);
  });

  it('looks at what the placed tasks left', () => {
    const snapshot = aSnapshot([anInstance('a', { memoryMiB: 600 }), anInstance('b', { memoryMiB: 1000 })]);
    const { placed, refusal } = placeTasks(aRequest({ count: 9 }), snapshot, 1);
    expect(placed.map((p) => p.containerInstanceId).sort()).toEqual(['a', 'b']);
    expect(refusal).toMatchObject({ reason: 'RESOURCE:MEMORY', nearestInstanceId: 'b' });
  });

  it('is NO_INSTANCES for an empty cluster and for one whose instances are all draining', () => {
    const noInstances = { placed: [], refusal: { reason: 'NO_INSTANCES', counts: [] } };
    expect(placeTasks(aRequest(), aSnapshot([]), 1)).toMatchObject(noInstances);
    expect(placeTasks(aRequest(), aSnapshot([], { totalInstances: 2 }), 1)).toMatchObject(noInstances);
  });

  it('names no instance to FARGATE', () => {
    const request = aRequest({ launchType: 'FARGATE' });
    const offering = anInstance('a', { attributes: { 'longshore.fargate': '' }, memoryMiB: 0 });
    expect(placeTasks(request, aSnapshot([offering]), 1).refusal).toEqual({
      reason: 'RESOURCE:MEMORY',
      counts: [{ reason: 'RESOURCE:MEMORY', instances: 1 }],
    });
    expect(placeTasks(request, aSnapshot([]), 1).refusal).toEqual({ reason: 'ATTRIBUTE', counts: [] });
  });
});

describe('capacity provider', () => {
  const GROUP = 'longshore.capacity-provider';
  const pool = { capacityProviderName: 'pool' };
  const offers = (...names: readonly string[]) => ({ attributes: Object.fromEntries(names.map((name) => [name, ''])) });

  it.each<[string, Partial<InstanceRow>, Ask, string | undefined]>([
    ['the group of the provider', { attributes: { [GROUP]: 'pool' } }, pool, undefined],
    ['the group of another', { attributes: { [GROUP]: 'other' } }, pool, 'CAPACITY_PROVIDER'],
    ['no group', {}, pool, 'CAPACITY_PROVIDER'],
    ['a group that a launch type does not ask for', { attributes: { [GROUP]: 'pool' } }, {}, undefined],
    [
      'FARGATE_SPOT where it is offered',
      offers('longshore.fargate-spot'),
      { launchType: 'FARGATE', capacityProviderName: 'FARGATE_SPOT' },
      undefined,
    ],
    [
      'FARGATE_SPOT where only FARGATE is',
      offers('longshore.fargate'),
      { launchType: 'FARGATE', capacityProviderName: 'FARGATE_SPOT' },
      'ATTRIBUTE',
    ],
    [
      'FARGATE where it is offered',
      offers('longshore.fargate'),
      { launchType: 'FARGATE', capacityProviderName: 'FARGATE' },
      undefined,
    ],
  ])('%s', (_what, row, request, reason) => {
    expect(ask(row, request).reason).toBe(reason);
  });

  it('names the closest instance of the group, however far it is from having room', () => {
    const rows = [anInstance('b', { cpu: 0, attributes: { [GROUP]: 'pool' } }), anInstance('a')];
    const { refusal } = placeTasks(aRequest({ ...pool, resources: { cpu: 1024 } }), aSnapshot(rows), 1);
    expect(refusal).toMatchObject({ reason: 'RESOURCE:CPU', nearestInstanceId: 'b' });
  });

  it('distinguishes a group without instances from a group whose instances take no task', () => {
    const reasonOf = (providerInstances: number) =>
      placeTasks(aRequest(pool), aSnapshot([], { providerInstances }), 1).refusal?.reason;
    expect([reasonOf(0), reasonOf(1)]).toEqual(['CAPACITY_PROVIDER', 'NO_INSTANCES']);
  });
});
