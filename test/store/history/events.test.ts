/** Events in the store: one for each change, in order, without gaps. */
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../store/index.ts';
import type { EventFilter } from '../../../store/contract/events.ts';
import type { StoredEvent } from '../../../model/event.ts';
import { TEST_PARTITION, withTestStore } from '../../support/store.ts';
import { groupBy } from '../../../model/group-by.ts';
import { aCluster, anInstanceRecord, aTask, newId, T0 } from '../../../fixtures/records.ts';
import { aService, record, registerInstance, reserve, stopped } from '../builders.ts';

const running = withTestStore();
const store = () => running().store;
beforeAll(async () => {
  await store().createCluster(aCluster('default'));
});

const all = async (filter: EventFilter, after = 0): Promise<readonly StoredEvent[]> =>
  (await store().listEvents(filter, { after, limit: 1_000 })).events;
const versionsOf = (events: readonly StoredEvent[]) =>
  events.map((event) =>
    event.kind === 'task' ? event.task.version : event.kind === 'container-instance' ? event.instance.version : 0,
  );

describe('events of tasks', () => {
  it('come with every recorded change and show the task as it was', async () => {
    const task = aTask({ containerInstanceId: await registerInstance(store()) });
    await reserve(store(), [task]);
    const runs = { taskId: task.taskId, version: 2, changes: { lastStatus: 'RUNNING' as const, startedAt: T0 } };
    await record(store(), [runs]);
    await record(store(), [stopped(task.taskId, 3)]);
    const events = await all({ resource: task.taskId });
    expect(events.map((event) => event.kind === 'task' && event.task)).toEqual([
      task,
      { ...task, lastStatus: 'RUNNING', startedAt: T0, version: 2 },
      expect.objectContaining({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', startedAt: T0, version: 3 }),
    ]);
    const positions = events.map((event) => event.position);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(new Set(events.map((event) => event.id)).size).toBe(3);
  });

  it('are not written again if a write is repeated, nor if it is refused', async () => {
    const task = aTask({ containerInstanceId: await registerInstance(store(), { cpu: 300 }) });
    await reserve(store(), [task]);
    await reserve(store(), [task]);
    await record(store(), [stopped(task.taskId, 2)]);
    await record(store(), [stopped(task.taskId, 2)]);
    const refused = aTask({ containerInstanceId: 'nowhere' });
    await reserve(store(), [refused]);
    expect(versionsOf(await all({ resource: task.taskId }))).toEqual([1, 2]);
    expect(await all({ resource: refused.taskId })).toEqual([]);
  });

  it('outlive the task and the instance that they are about', async () => {
    const task = aTask({ startedBy: 'me', containerInstanceId: await registerInstance(store()) });
    await reserve(store(), [task]);
    await record(store(), [stopped(task.taskId, 2, T0)]);
    await store().purgeStoppedTasks(T0 + 1);
    expect(await store().findTask(task.taskId)).toBeUndefined();
    const events = await all({ resource: task.taskId });
    expect(events).toMatchObject([{ task: { startedBy: 'me' } }, { task: { startedBy: 'me', lastStatus: 'STOPPED' } }]);
  });
});

describe('events of container instances', () => {
  it('come once for each transaction, with the version and the resources that the API shows', async () => {
    const id = await registerInstance(store(), { cpu: 4096, attributes: { rack: 'a' } });
    const tasks = [1, 2, 3].map(() => aTask({ containerInstanceId: id }));
    await reserve(store(), tasks);
    await record(
      store(),
      tasks.map((task) => stopped(task.taskId)),
    );
    const { registration: _registration, ...change } = anInstanceRecord({ id });
    await store().recordInstance({ ...change, version: 2, status: 'DRAINING' });
    await store().recordInstance({ ...change, version: 2, status: 'ACTIVE' });
    const events = await all({ kinds: ['container-instance'], resource: id });
    const [shown] = await store().getInstances('default', [id]);
    expect(versionsOf(events)).toEqual([1, 2, 3, 4]);
    expect(shown?.version).toBe(4);
    expect(events).toMatchObject([
      { instance: { status: 'ACTIVE', remaining: { cpu: 4096 }, attributes: [{ name: 'rack', value: 'a' }] } },
      { instance: { remaining: { cpu: 4096 - 3 * 256 } } },
      { instance: { remaining: { cpu: 4096 } } },
      { instance: { status: 'DRAINING' } },
    ]);
  });
});

describe('events of services', () => {
  const steady = { eventName: 'SERVICE_STEADY_STATE', createdAt: T0 } as const;
  const begun = { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS', deploymentId: 'ecs-svc/1', createdAt: T0 } as const;

  it('are written once, with the version of their row', async () => {
    const service = aService('told');
    const write = { clusterName: 'default', tasks: [], service, events: [], actions: [begun, steady] };
    await store().recordOwner(write);
    await store().recordOwner(write);
    await store().recordOwner({ ...write, service: aService('told', { version: 2 }), actions: [steady] });
    const events = await all({ resource: 'told' });
    expect(events).toMatchObject([
      { kind: 'deployment', serviceName: 'told', action: begun },
      { kind: 'service-action', action: steady },
      { kind: 'service-action', action: steady },
    ]);
  });
});

describe('filters and pages', () => {
  it('continue where the last page ended, past events that the filter leaves out', async () => {
    await store().createCluster(aCluster('paged'));
    const from = await store().eventHorizon();
    const id = await registerInstance(store(), { clusterName: 'paged' });
    const tasks = Array.from({ length: 5 }, () => aTask({ clusterName: 'paged', containerInstanceId: id }));
    await reserve(store(), tasks, 'paged');
    await reserve(store(), [aTask({ containerInstanceId: await registerInstance(store()) })]);
    const seen: string[] = [];
    let after = from;
    for (let pages = 0; pages < 3; pages++) {
      const page = await store().listEvents({ clusterName: 'paged', kinds: ['task'] }, { after, limit: 2 });
      seen.push(...page.events.flatMap((event) => (event.kind === 'task' ? [event.task.taskId] : [])));
      after = page.through;
    }
    expect(seen.toSorted()).toEqual(tasks.map((task) => task.taskId).toSorted());
    expect(after).toBe(await store().eventHorizon());
    expect(await all({ clusterName: 'paged' }, after)).toEqual([]);
  });
});

describe('a reader that continues at its position', () => {
  const INSERT = `INSERT INTO ecs_events (kind, cluster, resource, detail)
    VALUES ('service-action', 'gaps', $1, '{}') RETURNING position`;

  it('waits for a transaction that took its position earlier and commits later', async () => {
    const [early, late] = [1, 2].map(() => new pg.Client(running().postgres.connectionString));
    await Promise.all([early!.connect(), late!.connect()]);
    const from = await store().eventHorizon();
    await early!.query('BEGIN');
    await early!.query(INSERT, ['early']);
    await late!.query(INSERT, ['late']);
    expect(await store().listEvents({}, { after: from, limit: 10 })).toEqual({ events: [], through: from });
    await early!.query('COMMIT');
    expect(await all({}, from)).toMatchObject([{ serviceName: 'early' }, { serviceName: 'late' }]);
    await early!.query('BEGIN');
    await early!.query(INSERT, ['undone']);
    await early!.query('ROLLBACK');
    await late!.query(INSERT, ['next']);
    expect(await all({}, from)).toMatchObject([{}, {}, { serviceName: 'next' }]);
    await Promise.all([early!.end(), late!.end()]);
  });

  it('misses no event and sees none twice, whatever else writes, and sees each resource in order', async () => {
    const { connectionString } = running().postgres;
    const stores = await Promise.all(
      [1, 2].map(() => openStore({ connectionString, partition: TEST_PARTITION, poolSize: 8 })),
    );
    await store().createCluster(aCluster('busy'));
    const from = await store().eventHorizon();
    const ids = await Promise.all([1, 2, 3].map(() => registerInstance(store(), { clusterName: 'busy', cpu: 1e6 })));
    let writing = true;
    const write = async (k: number): Promise<void> => {
      const mine = stores[k % 2]!;
      for (let round = 0; round < 12; round++) {
        const shape = { clusterName: 'busy', held: { cpu: 1, memoryMiB: 1, ports: [], gpus: 0 } };
        const tasks = ids.map((id) => aTask({ ...shape, taskId: newId(), containerInstanceId: id }));
        await reserve(mine, tasks, 'busy');
        const patch = (version: number) =>
          tasks.map(({ taskId }) => ({ taskId, version, changes: { lastStatus: 'RUNNING' as const } }));
        await Promise.all([2, 3, 4].map((version) => record(mine, patch(version), 'busy')));
        await record(
          mine,
          tasks.map(({ taskId }) => stopped(taskId, 5)),
          'busy',
        );
      }
    };
    const followed: StoredEvent[] = [];
    const follow = async (): Promise<void> => {
      for (let after = from, last = false; !last;) {
        last = !writing;
        const page = await store().listEvents({ clusterName: 'busy' }, { after, limit: 7 });
        followed.push(...page.events);
        if (page.events.length > 0) last = false;
        after = page.through;
      }
    };
    const following = follow();
    await Promise.all(Array.from({ length: 10 }, (_, k) => write(k)));
    writing = false;
    await following;
    const stored = await store().listEvents({ clusterName: 'busy' }, { after: from, limit: 100_000 });
    expect(followed.map((event) => event.position)).toEqual(stored.events.map((event) => event.position));
    const byResource = groupBy(followed, (event) =>
      event.kind === 'task'
        ? event.task.taskId
        : event.kind === 'container-instance'
          ? event.instance.containerInstanceId
          : '',
    );
    expect(byResource.size).toBe(10 * 12 * 3 + 3);
    for (const events of byResource.values()) {
      const versions = versionsOf(events);
      expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    }
    await Promise.all(stores.map((each) => each.close()));
  });
});

describe('retention', () => {
  it('removes older events except the newest, and what was kept for them', async () => {
    const task = aTask({ containerInstanceId: await registerInstance(store()) });
    await reserve(store(), [task]);
    await record(store(), [stopped(task.taskId, 2, T0)]);
    await store().purgeStoppedTasks(T0 + 1);
    const [, last] = await all({ resource: task.taskId });
    expect(await store().purgeEvents(last!.at)).toBeGreaterThan(0);
    expect((await all({})).every((event) => event.at >= last!.at)).toBe(true);
    await registerInstance(store());
    const horizon = await store().eventHorizon();
    await store().purgeEvents(Date.now() + 60_000);
    expect(await all({})).toMatchObject([{ position: horizon }]);
    expect(await store().eventHorizon()).toBe(horizon);
    expect(await store().purgeEvents(Date.now() + 60_000)).toBe(0);
    const client = new pg.Client(running().postgres.connectionString);
    await client.connect();
    expect((await client.query('SELECT count(*)::int AS left FROM ecs_event_specs')).rows).toEqual([{ left: 0 }]);
    await client.end();
  });
});
