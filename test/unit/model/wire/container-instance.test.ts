/** The presentation of container instances. */
import { describe, expect, test } from 'vitest';
import { presentContainerInstance } from '../../../../model/wire/container-instance.ts';
import type { CountedInstance } from '../../../../model/container-instance.ts';

const PARTITION = { account: '123456789012', region: 'us-east-1' };

const present = (members: Partial<CountedInstance> = {}, includeHealth = false) =>
  presentContainerInstance(
    {
      containerInstanceId: 'i1',
      clusterName: 'c1',
      status: 'ACTIVE',
      agentConnected: true,
      registeredAt: 1000,
      registered: { cpu: 2048, memoryMiB: 4096, reservedPorts: ['22/tcp', '53/udp'], gpuIds: [] },
      attributes: [{ name: 'a', value: 'b' }, { name: 'c' }],
      agentVersion: '1',
      agentHash: 'h',
      dockerVersion: 'DockerVersion: 24.0.5',
      version: 3,
      runningTasksCount: 1,
      pendingTasksCount: 2,
      remaining: { cpu: 1024, memoryMiB: 1, usedPorts: ['22/tcp', '80/tcp', '53/udp'], freeGpuIds: [] },
      tags: [],
      ...members,
    },
    PARTITION,
    { includeTags: false, includeHealth },
  );

const ZEROS = { doubleValue: 0, longValue: 0, integerValue: 0 };

describe('presentContainerInstance', () => {
  test('shows zeros for unused resources, and the used ports by protocol', () => {
    const wire = present();
    expect(wire.registeredResources).toEqual([
      { name: 'CPU', type: 'INTEGER', ...ZEROS, integerValue: 2048 },
      { name: 'MEMORY', type: 'INTEGER', ...ZEROS, integerValue: 4096 },
      { name: 'PORTS', type: 'STRINGSET', ...ZEROS, stringSetValue: ['22'] },
      { name: 'PORTS_UDP', type: 'STRINGSET', ...ZEROS, stringSetValue: ['53'] },
    ]);
    expect(wire.remainingResources).toEqual([
      { name: 'CPU', type: 'INTEGER', ...ZEROS, integerValue: 1024 },
      { name: 'MEMORY', type: 'INTEGER', ...ZEROS, integerValue: 1 },
      { name: 'PORTS', type: 'STRINGSET', ...ZEROS, stringSetValue: ['22', '80'] },
      { name: 'PORTS_UDP', type: 'STRINGSET', ...ZEROS, stringSetValue: ['53'] },
    ]);
  });

  test('shows GPUs if the instance has some, even if all are taken', () => {
    const wire = present({ registered: { cpu: 1, memoryMiB: 1, reservedPorts: [], gpuIds: ['g1'] } });
    expect(wire.registeredResources).toContainEqual(expect.objectContaining({ name: 'GPU', stringSetValue: ['g1'] }));
    expect(wire.remainingResources).toContainEqual(expect.objectContaining({ name: 'GPU', stringSetValue: [] }));
  });

  test('shows identity, counters and attributes, and an EC2 instance id only if it registered with one', () => {
    const wire = present({ statusReason: 'why', capacityProviderName: 'cp' });
    expect(wire).toMatchObject({
      containerInstanceArn: 'arn:aws:ecs:us-east-1:123456789012:container-instance/c1/i1',
      version: 3,
      status: 'ACTIVE',
      statusReason: 'why',
      capacityProviderName: 'cp',
      runningTasksCount: 1,
      pendingTasksCount: 2,
      attributes: [{ name: 'a', value: 'b' }, { name: 'c' }],
      registeredAt: new Date(1000),
      attachments: [],
      tags: [],
    });
    expect(wire.ec2InstanceId).toBeUndefined();
  });

  test.each([
    [true, 'OK'],
    [false, 'IMPAIRED'],
  ] as const)('health with agentConnected %s is %s, when asked', (agentConnected, status) => {
    expect(present({ agentConnected }, true).healthStatus?.overallStatus).toBe(status);
    expect(present({ agentConnected }).healthStatus).toBeUndefined();
  });
});
