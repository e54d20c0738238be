/** What the store does for DAEMON services: looks at their instances, and keeps room for them. */
import { describe, expect, it } from 'vitest';
import type { SnapshotRequest } from '../../../model/capacity.ts';
import type { DaemonClaim, DaemonLookRequest } from '../../../model/daemon.ts';
import { withStore } from '../../support/store.ts';
import { aCluster, aTask, held, newId } from '../../../fixtures/records.ts';
import { aService, record, registerInstance, reserve, stopped } from '../builders.ts';

const store = withStore();

const claim = (members: Partial<DaemonClaim> = {}): DaemonClaim => ({
  cpu: 100,
  memoryMiB: 200,
  ports: ['9100/tcp'],
  instanceIds: [],
  seenMarks: [],
  ...members,
});

/** A new cluster with instances of 1000 CPU units and 2000 MiB, and a DAEMON service `agent`. */
async function scene(instances: number) {
  const clusterName = `c-${newId()}`;
  await store().createCluster(aCluster(clusterName));
  const ids = Array.from({ length: instances }, () => newId()).sort();
  let version = 0;
  const put = async (daemonClaim?: DaemonClaim, name = 'agent') => {
    version += 1;
    const members = { version, incarnation: name, ...(daemonClaim ? { daemonClaim } : {}) };
    const service = aService(name, members, { clusterName, schedulingStrategy: 'DAEMON' });
    await store().recordOwner({ clusterName, tasks: [], service, events: [] });
  };
  const register = (id: string) => registerInstance(store(), { clusterName, id, cpu: 1000, memoryMiB: 2000 });
  await put();
  for (const id of ids) await register(id);
  const request: DaemonLookRequest = {
    clusterName,
    serviceName: 'agent',
    attributeNames: ['rack'],
    otherGroups: [],
    countsTasks: false,
  };
  const look = (members: Partial<DaemonLookRequest> = {}) => store().lookAtInstances({ ...request, ...members });
  const snapshot = (members: Partial<SnapshotRequest> = {}) =>
    store().snapshotCapacity({
      clusterName,
      group: 'service:web',
      cpu: 1,
      memoryMiB: 1,
      attributeNames: [],
      otherGroups: [],
      ...members,
    });
  return { clusterName, ids, put, register, look, snapshot };
}

describe('lookAtInstances', () => {
  it('shows ACTIVE and DRAINING instances with what constraints need, and nothing if the caller knows that already', async () => {
    const { clusterName, ids, look } = await scene(3);
    const [a = '', b = '', c = ''] = ids;
    await store().putAttributes(clusterName, a, [{ name: 'rack', value: 'r1' }]);
    await store().recordInstance({ clusterName, containerInstanceId: b, version: 2, status: 'DRAINING' });
    await store().recordInstance({ clusterName, containerInstanceId: c, version: 2, status: 'INACTIVE' });
    const seen = await look();
    expect(seen.instances).toMatchObject({
      ids: [a, b],
      status: ['ACTIVE', 'DRAINING'],
      attributes: { rack: { values: ['r1'], index: [0, -1] } },
      cpu: [],
    });
    const task = aTask({ clusterName, containerInstanceId: a, serviceName: 'web', group: 'service:web' });
    await reserve(store(), [task], clusterName);
    expect(await look({ knownDigest: seen.digest })).not.toHaveProperty('instances');
    const counted = await look({ countsTasks: true, knownDigest: seen.digest });
    expect(counted.instances?.runningTasksCount).toEqual([0, 0]);
    await store().deleteAttributes(clusterName, a, [{ name: 'rack' }]);
    expect((await look({ knownDigest: seen.digest })).instances?.attributes['rack']?.index).toEqual([-1, -1]);
  });

  it('says which DRAINING instances still have tasks of REPLICA services', async () => {
    const { clusterName, ids, look, put } = await scene(2);
    const [a = '', b = ''] = ids;
    const web = aService('web', {}, { clusterName });
    await store().recordOwner({ clusterName, tasks: [], service: web, events: [] });
    await put(undefined, 'other');
    const on = (containerInstanceId: string, serviceName?: string) =>
      aTask({ clusterName, containerInstanceId, ...(serviceName === undefined ? {} : { serviceName }) });
    const last = on(a, 'web');
    await reserve(store(), [last, on(a, 'agent'), on(b, 'other'), on(b)], clusterName);
    expect((await look()).busyDrainingIds).toEqual([]);
    for (const id of ids)
      await store().recordInstance({ clusterName, containerInstanceId: id, version: 2, status: 'DRAINING' });
    expect((await look()).busyDrainingIds).toEqual([a]);
    await record(store(), [stopped(last.taskId)], clusterName);
    expect((await look()).busyDrainingIds).toEqual([]);
  });
});

describe('room for DAEMON services', () => {
  it('is not free for other tasks on an instance without the service’s task, until that task is there', async () => {
    const { clusterName, ids, put, snapshot, look } = await scene(2);
    const [a = '', b = ''] = ids;
    const { marks } = await look();
    await put(claim({ instanceIds: [a], seenMarks: marks }));
    expect(await snapshot()).toMatchObject({ cpu: [900, 1000], memoryMiB: [1800, 2000] });
    expect((await snapshot()).usedPorts[0]).toContain('9100/tcp');
    expect((await snapshot()).usedPorts[1]).toBeUndefined();
    expect(await snapshot({ instanceIds: [a, b] })).toMatchObject({ cpu: [1000, 1000] });
    const task = aTask({
      clusterName,
      containerInstanceId: a,
      group: 'service:agent',
      serviceName: 'agent',
      held: held({ cpu: 100, memoryMiB: 200 }),
    });
    await reserve(store(), [task], clusterName);
    expect(await snapshot()).toMatchObject({ cpu: [900, 1000], memoryMiB: [1800, 2000] });
  });

  it('is kept on a new or changed instance until the service has seen the change', async () => {
    const { clusterName, ids, put, register, snapshot, look } = await scene(1);
    await put(claim({ seenMarks: (await look()).marks }));
    expect((await snapshot()).cpu).toEqual([1000]);
    const late = 'f'.repeat(32);
    const { marks: before } = await look();
    await register(late);
    expect((await snapshot()).cpu).toEqual([1000, 900]);
    await put(claim({ seenMarks: before }));
    expect((await snapshot()).cpu).toEqual([1000, 900]);
    const { marks } = await look();
    await store().putAttributes(clusterName, ids[0] ?? '', [{ name: 'rack', value: 'x' }]);
    await put(claim({ seenMarks: marks }));
    expect((await snapshot()).cpu).toEqual([900, 1000]);
  });

  it('adds up over services, and ends with them', async () => {
    const { ids, put, snapshot, look, clusterName } = await scene(1);
    await put(claim({ instanceIds: ids, seenMarks: (await look()).marks }));
    await put(undefined, 'other');
    await put(claim({ cpu: 50, instanceIds: ids, ports: [] }), 'other');
    expect((await snapshot()).cpu).toEqual([850]);
    const gone = aService(
      'agent',
      { version: 99, incarnation: 'agent', status: 'DRAINING' },
      { clusterName, schedulingStrategy: 'DAEMON' },
    );
    await store().recordOwner({ clusterName, tasks: [], service: gone, events: [] });
    expect((await snapshot()).cpu).toEqual([950]);
    expect(await store().listDaemonServices(clusterName)).toEqual(['other']);
  });
});
