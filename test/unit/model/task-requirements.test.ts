/** What a task requires of an instance. */
import type { ContainerDefinition, TaskOverride } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { HeldResources } from '../../../model/task.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import { isUnreadable } from '../../../model/unreadable.ts';
import {
  heldResources,
  parseCpuUnits,
  parseMemoryMiB,
  snapshotAttributeNames,
  snapshotGroups,
} from '../../../model/task-requirements.ts';

const definition = (
  containerDefinitions: ContainerDefinition[],
  more: Partial<TaskDefinition> = {},
): TaskDefinition => ({
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  family: 'web',
  revision: 1,
  registeredAt: 0,
  containerDefinitions,
  ...more,
});

const held = (
  containers: ContainerDefinition[],
  more: Partial<TaskDefinition> = {},
  overrides: TaskOverride = {},
): HeldResources => {
  const resources = heldResources(definition(containers, more), overrides);
  if (isUnreadable(resources)) throw new Error(resources.message);
  return resources;
};

describe('parseCpuUnits', () => {
  it.each([
    ['256', 256],
    ['1 vCPU', 1024],
    ['1vCPU', 1024],
    ['1 VCPU', 1024],
    ['.5 vCPU', 512],
    ['0.25 vcpu', 256],
    ['2 vCPU', 2048],
    [' 512 ', 512],
    ['0', 0],
    ['0.5', undefined],
    ['1 GB', undefined],
    ['vCPU', undefined],
    ['.0001 vCPU', undefined],
    ['', undefined],
    ['-256', undefined],
    ['1e3', undefined],
    ['1.2.3 vCPU', undefined],
    ['. vCPU', undefined],
  ])('%j is %s', (text, units) => {
    expect(parseCpuUnits(text)).toBe(units);
  });
});

describe('parseMemoryMiB', () => {
  it.each([
    ['512', 512],
    ['1GB', 1024],
    ['0.5 GB', 512],
    ['.5GB', 512],
    ['30 gb', 30720],
    ['1 vCPU', undefined],
    ['512MB', undefined],
    ['lots', undefined],
  ])('%j is %s', (text, memoryMiB) => {
    expect(parseMemoryMiB(text)).toBe(memoryMiB);
  });
});

describe('cpu and memory', () => {
  it('uses the task level if it is set', () => {
    const two = [
      { name: 'a', cpu: 10, memory: 100 },
      { name: 'b', cpu: 10, memory: 100 },
    ];
    expect(held(two, { cpu: '256', memory: '512' })).toMatchObject({ cpu: 256, memoryMiB: 512 });
    expect(held(two, { cpu: '.25 vCPU', memory: '0.5 GB' })).toMatchObject({ cpu: 256, memoryMiB: 512 });
    expect(held(two, { cpu: '256' })).toMatchObject({ cpu: 256, memoryMiB: 200 });
    expect(held(two, { memory: '512' })).toMatchObject({ cpu: 20, memoryMiB: 512 });
  });

  it('sums the containers otherwise, preferring the reservation to the limit', () => {
    const containers = [
      { name: 'a', cpu: 100, memory: 512, memoryReservation: 128 },
      { name: 'b', memory: 256 },
      { name: 'c', cpu: 28, memoryReservation: 64 },
      { name: 'd' },
    ];
    expect(held(containers)).toMatchObject({ cpu: 128, memoryMiB: 448 });
  });

  it('are 0 for a definition without containers', () => {
    expect(heldResources({ ...definition([]), containerDefinitions: undefined }, {})).toEqual({
      cpu: 0,
      memoryMiB: 0,
      ports: [],
      gpus: 0,
    });
  });

  it.each([
    ['cpu', { cpu: 'fast' }],
    ['memory', { memory: '1 TB' }],
  ])('reports an unreadable %s, and does not throw', (member, more) => {
    expect(heldResources(definition([], more), {})).toEqual({
      kind: 'unreadable',
      message: `Invalid '${member}' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
    });
  });

  it('counts tmpfs mounts and shared memory, unless the task sets its size', () => {
    const linuxParameters = {
      sharedMemorySize: 64,
      tmpfs: [
        { containerPath: '/a', size: 100 },
        { containerPath: '/b', size: 28 },
      ],
    };
    const containers = [
      { name: 'a', memory: 512, memoryReservation: 128, linuxParameters },
      { name: 'b', memory: 32 },
    ];
    expect(held(containers).memoryMiB).toBe(128 + 64 + 128 + 32);
    expect(held(containers, { memory: '1GB' }).memoryMiB).toBe(1024);
  });

  it('never requires more than the ledger can hold', () => {
    const most = 2 ** 31 - 1;
    const containers = [
      { name: 'a', cpu: most, memory: most },
      { name: 'b', cpu: most, memory: most },
    ];
    expect(held(containers)).toMatchObject({ cpu: most, memoryMiB: most });
  });
});

describe('overrides', () => {
  const containers = [
    { name: 'a', cpu: 100, memory: 512, memoryReservation: 128 },
    { name: 'b', cpu: 50, memory: 256 },
  ];
  it.each<[string, TaskOverride, object]>([
    ['task cpu', { cpu: '1 vCPU' }, { cpu: 1024, memoryMiB: 384 }],
    ['task memory', { memory: '2GB' }, { cpu: 150, memoryMiB: 2048 }],
    ['container cpu', { containerOverrides: [{ name: 'a', cpu: 200 }] }, { cpu: 250 }],
    ['container cpu of 0', { containerOverrides: [{ name: 'a', cpu: 0 }] }, { cpu: 50 }],
    ['container memory', { containerOverrides: [{ name: 'b', memory: 300 }] }, { memoryMiB: 428 }],
    [
      'memory below a reservation that stands',
      { containerOverrides: [{ name: 'a', memory: 600 }] },
      { memoryMiB: 384 },
    ],
    ['reservation', { containerOverrides: [{ name: 'a', memoryReservation: 200 }] }, { memoryMiB: 456 }],
    ['an unknown container', { containerOverrides: [{ name: 'z', cpu: 999 }] }, { cpu: 150, memoryMiB: 384 }],
  ])('%s', (_, overrides, expected) => {
    expect(held(containers, {}, overrides)).toMatchObject(expected);
  });

  it('leaves a task-level size alone when only a container is overridden', () => {
    const overrides = { containerOverrides: [{ name: 'a', cpu: 999, memory: 999 }] };
    expect(held(containers, { cpu: '256', memory: '512' }, overrides)).toMatchObject({ cpu: 256, memoryMiB: 512 });
  });

  it('replaces the GPUs of a container', () => {
    const gpu = (value: string): { type: 'GPU'; value: string }[] => [{ type: 'GPU', value }];
    const containersWithGpu = [{ name: 'a', resourceRequirements: gpu('1') }];
    const overrides = { containerOverrides: [{ name: 'a', resourceRequirements: gpu('3') }] };
    expect(held(containersWithGpu).gpus).toBe(1);
    expect(held(containersWithGpu, {}, overrides).gpus).toBe(3);
  });
});

describe('static host ports', () => {
  const mapped = (...portMappings: NonNullable<ContainerDefinition['portMappings']>): ContainerDefinition[] => [
    { name: 'a', portMappings },
  ];
  it.each<[string, ContainerDefinition[], Partial<TaskDefinition>, string[]]>([
    ['bridge is the default', mapped({ containerPort: 80, hostPort: 8080 }), {}, ['8080/tcp']],
    ['bridge', mapped({ containerPort: 80, hostPort: 8080 }), { networkMode: 'bridge' }, ['8080/tcp']],
    ['dynamic: none given', mapped({ containerPort: 80 }), {}, []],
    ['dynamic: 0', mapped({ containerPort: 80, hostPort: 0 }), {}, []],
    ['udp', mapped({ containerPort: 53, hostPort: 53, protocol: 'udp' }), {}, ['53/udp']],
    ['host', mapped({ containerPort: 80 }), { networkMode: 'host' }, ['80/tcp']],
    ['host with 0', mapped({ containerPort: 80, hostPort: 0 }), { networkMode: 'host' }, ['80/tcp']],
    ['host with both', mapped({ containerPort: 80, hostPort: 80 }), { networkMode: 'host' }, ['80/tcp']],
    ['awsvpc has its own', mapped({ containerPort: 80, hostPort: 80 }), { networkMode: 'awsvpc' }, []],
    ['none', mapped({ containerPort: 80, hostPort: 80 }), { networkMode: 'none' }, []],
    ['a range', mapped({ containerPortRange: '8000-8100' }), { networkMode: 'host' }, []],
    [
      'each once, over all containers',
      [
        ...mapped({ containerPort: 80, hostPort: 8080 }, { containerPort: 81, hostPort: 8081 }),
        { name: 'b', portMappings: [{ containerPort: 82, hostPort: 8080, protocol: 'tcp' }] },
        { name: 'c', portMappings: [{ containerPort: 82, hostPort: 8080, protocol: 'udp' }] },
      ],
      {},
      ['8080/tcp', '8081/tcp', '8080/udp'],
    ],
  ])('%s', (_, containers, more, ports) => {
    expect(held(containers, more).ports).toEqual(ports);
  });
});

describe('GPUs', () => {
  it('sums over containers and ignores other resources', () => {
    const containers: ContainerDefinition[] = [
      { name: 'a', resourceRequirements: [{ type: 'GPU', value: '2' }] },
      {
        name: 'b',
        resourceRequirements: [
          { type: 'GPU', value: '1' },
          { type: 'InferenceAccelerator', value: 'eia' },
        ],
      },
      { name: 'c' },
    ];
    expect(held(containers).gpus).toBe(3);
  });

  it('sums over the entries of one container, and means every GPU by ALL', () => {
    const gpus = (...values: string[]): ContainerDefinition[] => [
      { name: 'a', resourceRequirements: values.map((value) => ({ type: 'GPU', value })) },
    ];
    expect(held(gpus('1', '2')).gpus).toBe(3);
    expect(held(gpus('1', 'ALL')).gpus).toBe('ALL');
  });

  it.each(['x', 'all', 'two', '', '-1', '1.5', '99999'])('reports %j, and does not throw', (value) => {
    const containers: ContainerDefinition[] = [{ name: 'a', resourceRequirements: [{ type: 'GPU', value }] }];
    expect(heldResources(definition(containers), {})).toEqual({
      kind: 'unreadable',
      message: `Invalid GPU resource requirement of container 'a'. Specify the number of GPUs, from 1 to 1024, or ALL.`,
    });
  });
});

describe('what a snapshot must contain', () => {
  it('names the zone and the FARGATE attribute always', () => {
    expect(snapshotAttributeNames({ requiredAttributes: [], constraints: [], strategies: [] })).toEqual([
      'ecs.availability-zone',
      'longshore.fargate',
    ]);
  });

  it('adds the attributes of requirements, constraints and strategies, sorted, without repeats', () => {
    const names = snapshotAttributeNames({
      requiredAttributes: [{ name: 'ecs.capability.task-eni' }, { name: 'ecs.os-type', value: 'linux' }],
      constraints: [
        { type: 'distinctInstance' },
        { type: 'memberOf', expression: 'attribute:stack == prod and not attribute:rack exists' },
      ],
      strategies: [
        { type: 'spread', field: 'attribute:rack' },
        { type: 'spread', field: 'attribute:ecs.availability-zone' },
        { type: 'spread', field: 'instanceId' },
        { type: 'binpack', field: 'cpu' },
      ],
    });
    expect(names).toEqual([
      'ecs.availability-zone',
      'ecs.capability.task-eni',
      'ecs.os-type',
      'longshore.fargate',
      'rack',
      'stack',
    ]);
  });

  it('names the groups of all constraints, or requires every group', () => {
    const constraints = [
      { type: 'memberOf', expression: 'task:group == db' },
      { type: 'memberOf', expression: 'task:group in [cache, db]' },
      { type: 'distinctInstance' },
    ] as const;
    expect(snapshotGroups(constraints)).toEqual({ otherGroups: ['cache', 'db'], everyGroup: false });
    const pattern = { type: 'memberOf', expression: 'task:group !~ batch-.*' } as const;
    expect(snapshotGroups([...constraints, pattern])).toEqual({ otherGroups: ['cache', 'db'], everyGroup: true });
  });
});
