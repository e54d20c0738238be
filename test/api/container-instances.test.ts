/** Container instance operations, and the route for a spot interruption. */
import {
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  ListContainerInstancesCommand,
  RegisterContainerInstanceCommand,
  UpdateContainerAgentCommand,
  UpdateContainerInstancesStateCommand,
  type RegisterContainerInstanceCommandInput,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { SERVED_BUILD } from '../../fixtures/records.ts';
import { AGENT_UPDATE_ATTRIBUTE } from '../../model/agent-update.ts';
import { EcsError } from '../../model/errors.ts';
import { ensureCluster, expectRefusal, withApi } from './support/api-under-test.ts';
import { newTaskId, registerDefinition, registrationOf, taskRow } from './support/rows.ts';

const api = withApi();
const arnOf = (id: string, cluster = 'default') =>
  `arn:aws:ecs:us-east-1:123456789012:container-instance/${cluster}/${id}`;
const idOf = (arn: string | undefined) => arn!.split('/').at(-1)!;

beforeAll(async () => {
  await registerDefinition(api().store, 'web');
  for (const cluster of ['other', 'registering', 'lists']) await ensureCluster(api().store, cluster);
});

async function seed(cluster = 'default', members: Parameters<typeof registrationOf>[0] = {}): Promise<string> {
  const registration = registrationOf({ clusterName: cluster, ...members });
  await api().gateway.registerInstance(registration);
  return registration.containerInstanceId;
}

const describeInstances = (containerInstances: string[], more = {}) =>
  api().ecs.send(new DescribeContainerInstancesCommand({ containerInstances, ...more }));

describe('DescribeContainerInstances', () => {
  test('shows registered and remaining resources; PORTS lists the used ports', async () => {
    const id = await seed();
    const task = taskRow({
      containerInstanceId: id,
      held: { cpu: 1024, memoryMiB: 2048, ports: ['8080/tcp', '5353/udp'], gpus: 0 },
    });
    await api().store.reserveTasks({ clusterName: 'default', tasks: [task] });
    const { containerInstances, failures } = await describeInstances([arnOf(id)]);
    expect(failures).toEqual([]);
    const [instance] = containerInstances!;
    const zeros = { doubleValue: 0, longValue: 0, integerValue: 0 };
    expect(instance).toMatchObject({
      containerInstanceArn: arnOf(id),
      status: 'ACTIVE',
      agentConnected: true,
      runningTasksCount: 0,
      pendingTasksCount: 1,
      versionInfo: { agentVersion: '1.0.0', agentHash: 'abc', dockerVersion: 'DockerVersion: 24.0.5' },
      registeredResources: [
        { name: 'CPU', type: 'INTEGER', ...zeros, integerValue: 4096 },
        { name: 'MEMORY', type: 'INTEGER', ...zeros, integerValue: 8192 },
        { name: 'PORTS', type: 'STRINGSET', ...zeros, stringSetValue: ['22', '2375'] },
        { name: 'PORTS_UDP', type: 'STRINGSET', ...zeros, stringSetValue: ['53'] },
      ],
      attachments: [],
      tags: [],
    });
    const remaining = new Map(instance!.remainingResources!.map((resource) => [resource.name, resource]));
    expect(remaining.get('CPU')?.integerValue).toBe(3072);
    expect(remaining.get('MEMORY')?.integerValue).toBe(6144);
    expect(remaining.get('PORTS')?.stringSetValue?.sort()).toEqual(['22', '2375', '8080']);
    expect(remaining.get('PORTS_UDP')?.stringSetValue?.sort()).toEqual(['53', '5353']);
    expect(instance?.attributes).toContainEqual({ name: 'ecs.os-type', value: 'linux' });
    expect(instance?.attributes).toContainEqual({ name: 'com.amazonaws.ecs.capability.privileged-container' });
    expect(instance).not.toHaveProperty('ec2InstanceId');
    expect(instance).not.toHaveProperty('healthStatus');
  });

  test('shows tags and health if asked', async () => {
    const id = await seed('default', { tags: [{ key: 'a', value: 'b' }] });
    const { containerInstances } = await describeInstances([id], { include: ['TAGS', 'CONTAINER_INSTANCE_HEALTH'] });
    expect(containerInstances?.[0]).toMatchObject({
      tags: [{ key: 'a', value: 'b' }],
      healthStatus: { overallStatus: 'OK' },
    });
  });

  test.each<[string, string[], object, string, string | RegExp]>([
    ['none', [], {}, 'InvalidParameterException', 'Container instance cannot be empty.'],
    ['more than 100', Array(101).fill('a'), {}, 'InvalidParameterException', /100/],
    ['unknown cluster', [newTaskId()], { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
    ['no id', ['a'], {}, 'InvalidParameterException', 'instanceId length should be one of [32,36]'],
    ['another cluster', [arnOf('a', 'other')], {}, 'InvalidParameterException', /Identifier is for cluster other/],
  ])('refuses: %s', async (_name, ...row) => {
    const [instances, more, code, message] = row;
    await expectRefusal(describeInstances(instances, more), code, message);
  });

  test('an unknown instance is MISSING', async () => {
    const id = newTaskId();
    expect((await describeInstances([id])).failures).toEqual([{ arn: arnOf(id), reason: 'MISSING' }]);
  });
});

describe('RegisterContainerInstance', () => {
  const totalResources = [
    { name: 'CPU', type: 'INTEGER', integerValue: 2048 },
    { name: 'MEMORY', type: 'INTEGER', integerValue: 3767 },
    { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2376'] },
    { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
  ];
  const DOCUMENT = {
    accountId: '123456789012',
    availabilityZone: 'us-east-1b',
    imageId: 'ami-0abc',
    instanceId: 'i-0123456789abcdef0',
    instanceType: 't3.large',
    region: 'us-east-1',
  };
  const register = (input: Partial<RegisterContainerInstanceCommandInput> = {}) =>
    api().ecs.send(new RegisterContainerInstanceCommand({ cluster: 'registering', totalResources, ...input }));

  test('gives the instance an id of 32 hex digits and keeps what was sent', async () => {
    const { containerInstance } = await register({
      attributes: [{ name: 'rack', value: 'r1' }, { name: 'ssd' }],
      tags: [{ key: 'a', value: 'b' }],
      versionInfo: { agentVersion: '1.2.3', dockerVersion: 'DockerVersion: 25.0.3' },
      platformDevices: [{ id: 'gpu-1', type: 'GPU' }],
    });
    expect(idOf(containerInstance?.containerInstanceArn)).toMatch(/^[0-9a-f]{32}$/);
    expect(containerInstance).toMatchObject({
      agentConnected: false,
      tags: [{ key: 'a', value: 'b' }],
      versionInfo: { agentVersion: '1.2.3', dockerVersion: 'DockerVersion: 25.0.3' },
      attributes: expect.arrayContaining([{ name: 'rack', value: 'r1' }, { name: 'ssd' }]),
    });
    expect(containerInstance?.registeredResources).toContainEqual(
      expect.objectContaining({ name: 'GPU', stringSetValue: ['gpu-1'] }),
    );
  });

  test('with an identity document, registers the EC2 machine that the document names', async () => {
    const { containerInstance } = await register({
      instanceIdentityDocument: JSON.stringify(DOCUMENT),
      instanceIdentityDocumentSignature: 'c2ln',
      attributes: [{ name: 'ecs.instance-type', value: 'mine' }],
    });
    const attributes = [
      { name: 'ecs.instance-type', value: 't3.large' },
      { name: 'ecs.availability-zone', value: 'us-east-1b' },
      { name: 'ecs.ami-id', value: 'ami-0abc' },
    ];
    expect(containerInstance?.ec2InstanceId).toBe(DOCUMENT.instanceId);
    expect(containerInstance?.attributes).toEqual(expect.arrayContaining(attributes));
    expect(containerInstance?.attributes).not.toContainEqual({ name: 'ecs.instance-type', value: 'mine' });
    const filter = `ec2InstanceId == ${DOCUMENT.instanceId}`;
    const listed = await api().ecs.send(new ListContainerInstancesCommand({ cluster: 'registering', filter }));
    expect(listed.containerInstanceArns).toEqual([containerInstance?.containerInstanceArn]);
  });

  test('a repeat with its ARN keeps the identity, unless the machine’s type differs', async () => {
    const attributes = [{ name: 'ecs.instance-type', value: 'big' }];
    const first = await register({ attributes });
    const containerInstanceArn = first.containerInstance?.containerInstanceArn;
    const again = await register({ attributes, containerInstanceArn });
    expect(again.containerInstance?.containerInstanceArn).toBe(containerInstanceArn);
    await expectRefusal(
      register({ attributes: [{ name: 'ecs.instance-type', value: 'small' }], containerInstanceArn }),
      'ClientException',
      'Container instance type changes are not supported.',
    );
  });

  test.each<[string, Partial<RegisterContainerInstanceCommandInput>, string, string | RegExp]>([
    ['unknown cluster', { cluster: 'nope' }, 'ClusterNotFoundException', 'Cluster not found.'],
    ['no resources', { totalResources: [] }, 'InvalidParameterException', /CPU/],
    ['no memory', { totalResources: totalResources.slice(0, 1) }, 'InvalidParameterException', /MEMORY/],
    [
      'a port that is not a number',
      { totalResources: [...totalResources.slice(0, 2), { name: 'PORTS', stringSetValue: ['http'] }] },
      'InvalidParameterException',
      /Port 'http'/,
    ],
    [
      'an amount that is not an INTEGER',
      { totalResources: [{ name: 'CPU', type: 'LONG', longValue: 2048 }, totalResources[1]!] },
      'InvalidParameterException',
      'totalResources must have CPU as its integerValue, not its longValue.',
    ],
    [
      'an identity document that is not JSON',
      { instanceIdentityDocument: 'i-0123456789abcdef0' },
      'InvalidParameterException',
      'The instance identity document is invalid: it is not JSON.',
    ],
    [
      'an identity document without an id',
      { instanceIdentityDocument: JSON.stringify({ ...DOCUMENT, instanceId: undefined }) },
      'InvalidParameterException',
      'The instance identity document is invalid: instanceId.',
    ],
    [
      'a signature without a document',
      { instanceIdentityDocumentSignature: 'c2ln' },
      'InvalidParameterException',
      /without an instanceIdentityDocument/,
    ],
    ['an odd resource', { totalResources: [{ name: 'LUCK' }] }, 'InvalidParameterException', /LUCK/],
    ['a bad attribute', { attributes: [{ name: 'a b' }] }, 'InvalidParameterException', /Attribute name 'a b'/],
    [
      'an ARN of another cluster',
      { containerInstanceArn: arnOf('a', 'other') },
      'InvalidParameterException',
      /Identifier is for cluster other/,
    ],
  ])('refuses: %s', async (_name, input, code, message) => {
    await expectRefusal(register(input), code, message);
  });
});

describe('UpdateContainerAgent', () => {
  const update = (containerInstance: string, more = {}) =>
    api().ecs.send(new UpdateContainerAgentCommand({ containerInstance, ...more }));
  const updatable = { attributes: [{ name: AGENT_UPDATE_ATTRIBUTE }] };

  test('asks the instance for the build that is served, and shows the status of the update', async () => {
    const id = await seed('default', updatable);
    const { containerInstance } = await update(arnOf(id));
    expect(containerInstance).toMatchObject({ containerInstanceArn: arnOf(id), agentUpdateStatus: 'PENDING' });
    expect(api().gateway.commands.at(-1)).toMatchObject({ call: 'updateAgent', instanceId: id, target: SERVED_BUILD });
    expect((await describeInstances([id])).containerInstances?.[0]?.agentUpdateStatus).toBe('PENDING');
  });

  const served = { agentVersion: SERVED_BUILD.version, agentHash: SERVED_BUILD.hash };
  test.each<[string, Parameters<typeof registrationOf>[0], string, RegExp]>([
    [
      'that has the build',
      { ...updatable, ...served },
      'NoUpdateAvailableException',
      /which this control plane serves/,
    ],
    ['that cannot replace itself', {}, 'NoUpdateAvailableException', /cannot replace itself/],
    [
      'that named no version',
      { ...updatable, agentVersion: '', agentHash: '' },
      'MissingVersionException',
      /not known/,
    ],
  ])('refuses an agent %s', async (_what, members, code, message) => {
    await expectRefusal(update(await seed('default', members)), code, message);
  });

  test('refuses other instances, and passes on that an update is under way', async () => {
    await expectRefusal(update(newTaskId()), 'ClientException', /not found/);
    await expectRefusal(update(newTaskId(), { cluster: 'nowhere' }), 'ClusterNotFoundException', /./);
    const gone = await seed('default', updatable);
    await api().gateway.deregisterInstance('default', gone, true);
    await expectRefusal(update(gone), 'InvalidParameterException', /inactive/);
    vi.spyOn(api().gateway, 'updateAgent').mockRejectedValueOnce(new EcsError('UpdateInProgressException', 'Wait.'));
    await expectRefusal(update(await seed('default', updatable)), 'UpdateInProgressException', 'Wait.');
  });
});

describe('UpdateContainerInstancesState', () => {
  const setState = (containerInstances: string[], status: string, more = {}) =>
    api().ecs.send(
      new UpdateContainerInstancesStateCommand({ containerInstances, status: status as 'ACTIVE', ...more }),
    );

  test('drains known instances; unknown and INACTIVE ones are failures', async () => {
    const [id, gone, missing] = [await seed(), await seed(), newTaskId()];
    await api().gateway.deregisterInstance('default', gone, true);
    const answer = await setState([id, arnOf(gone), missing], 'DRAINING');
    expect(
      answer.containerInstances?.map(({ containerInstanceArn, status }) => [containerInstanceArn, status]),
    ).toEqual([[arnOf(id), 'DRAINING']]);
    expect(answer.failures).toEqual([
      { arn: arnOf(gone), reason: 'INACTIVE' },
      { arn: arnOf(missing), reason: 'MISSING' },
    ]);
    expect((await setState([id], 'ACTIVE')).containerInstances?.[0]?.status).toBe('ACTIVE');
  });

  test("a workflow's refusal of one instance is a failure; an unreachable Temporal is an error", async () => {
    const id = await seed();
    const setInstanceStatus = vi.spyOn(api().gateway, 'setInstanceStatus');
    setInstanceStatus.mockRejectedValueOnce(new EcsError('InvalidParameterException', 'It is leaving.'));
    const { failures } = await setState([id], 'DRAINING');
    expect(failures).toEqual([{ arn: arnOf(id), reason: 'INACTIVE', detail: 'It is leaving.' }]);
    setInstanceStatus.mockRejectedValueOnce(new EcsError('ServiceUnavailable', 'Temporal is away.'));
    await expectRefusal(setState([id], 'DRAINING'), 'ServiceUnavailable', 'Temporal is away.');
  });

  test.each<[string, string[], string, string, string | RegExp]>([
    [
      'another status',
      ['a'],
      'DEREGISTERING',
      'InvalidParameterException',
      'Container instance status should be one of [ACTIVE, DRAINING]',
    ],
    ['none', [], 'ACTIVE', 'InvalidParameterException', 'Container instance cannot be empty.'],
    ['no id', ['a'], 'ACTIVE', 'InvalidParameterException', 'instanceId length should be one of [32,36]'],
    ['more than 10', Array(11).fill('a'), 'ACTIVE', 'InvalidParameterException', /10/],
  ])('refuses: %s', async (_name, ...row) => {
    const [instances, status, code, message] = row;
    await expectRefusal(setState(instances, status), code, message);
  });
});

describe('DeregisterContainerInstance', () => {
  const deregister = (containerInstance: string, more = {}) =>
    api().ecs.send(new DeregisterContainerInstanceCommand({ containerInstance, ...more }));

  test('answers with the INACTIVE instance, which stays describable; a repeat changes nothing', async () => {
    const id = await seed();
    const { containerInstance } = await deregister(arnOf(id), { force: true });
    expect(containerInstance).toMatchObject({ status: 'INACTIVE', agentConnected: false });
    expect(api().gateway.last('deregisterInstance')).toMatchObject({ instanceId: id, force: true });
    expect((await describeInstances([id])).containerInstances?.[0]?.status).toBe('INACTIVE');
    const asked = api().gateway.count('deregisterInstance');
    expect((await deregister(id)).containerInstance?.status).toBe('INACTIVE');
    expect(api().gateway.count('deregisterInstance')).toBe(asked);
  });

  test('refuses an unknown instance or cluster', async () => {
    const id = newTaskId();
    await expectRefusal(deregister('a'), 'InvalidParameterException', 'instanceId length should be one of [32,36]');
    await expectRefusal(deregister(id), 'ClientException', `Referenced container instance ${id} not found.`);
    await expectRefusal(deregister(id, { cluster: 'nope' }), 'ClusterNotFoundException', 'Cluster not found.');
  });
});

describe('ListContainerInstances', () => {
  const list = async (input: object) => {
    const answer = await api().ecs.send(new ListContainerInstancesCommand({ cluster: 'lists', ...input }));
    return { ...answer, ids: answer.containerInstanceArns!.map(idOf) };
  };
  const ids: string[] = [];

  beforeAll(async () => {
    const { gateway } = api();
    for (const zone of ['a', 'b', 'b', 'a']) {
      ids.push(await seed('lists', { attributes: [{ name: 'ecs.availability-zone', value: zone }] }));
    }
    await gateway.setInstanceStatus('lists', ids[2]!, 'DRAINING');
    await gateway.deregisterInstance('lists', ids[3]!, true);
  });

  test.each<[string, object, number[]]>([
    ['all but INACTIVE ones', {}, [0, 1, 2]],
    ['by status', { status: 'DRAINING' }, [2]],
    ['by expression', { filter: 'attribute:ecs.availability-zone == b' }, [1, 2]],
    ['by both', { filter: 'attribute:ecs.availability-zone == b', status: 'ACTIVE' }, [1]],
    ['an expression that no instance meets', { filter: 'runningTasksCount > 5' }, []],
  ])('%s', async (_name, input, expected) => {
    expect((await list(input)).ids.sort()).toEqual(expected.map((index) => ids[index]!).sort());
  });

  test.each([{}, { filter: 'agentConnected == true' }])('pages of %o hold each instance once', async (input) => {
    const first = await list({ ...input, maxResults: 2 });
    const second = await list({ ...input, maxResults: 2, nextToken: first.nextToken });
    expect(first.ids).toHaveLength(2);
    expect([...first.ids, ...second.ids].sort()).toEqual(ids.slice(0, 3).sort());
    expect(second.nextToken).toBeUndefined();
  });

  test('refuses a bad expression and an unknown cluster', async () => {
    await expectRefusal(list({ filter: 'colour == red' }), 'InvalidParameterException', /Invalid expression|colour/);
    await expectRefusal(list({ cluster: 'nope' }), 'ClusterNotFoundException', 'Cluster not found.');
  });
});

describe('notice of a spot interruption', () => {
  const notify = (cluster: string, id: string) =>
    fetch(`${api().url}/v1/clusters/${cluster}/container-instances/${id}/interruption`, { method: 'POST' });

  test('is passed on, and answers with the draining instance', async () => {
    const registration = registrationOf();
    await api().gateway.registerInstance(registration);
    const response = await notify('default', registration.containerInstanceId);
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ containerInstance: { status: 'DRAINING' } });
    expect(api().gateway.last('interruptInstance').instanceId).toBe(registration.containerInstanceId);
  });

  test('is refused for an unknown instance or cluster', async () => {
    expect((await notify('default', 'f'.repeat(32))).status).toBe(400);
    expect((await notify('nowhere', 'f'.repeat(32))).status).toBe(404);
  });
});
