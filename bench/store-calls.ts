/** The store's two calls in every placement, a snapshot of capacity and a reservation, on the bench's own Postgres. */
import { SNAPSHOT_LIMIT } from '../model/capacity.ts';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/contract/store.ts';
import { aCluster, anInstanceRecord, aTask, held } from '../fixtures/records.ts';
import { startPostgres } from '../tools/embedded/postgres.ts';
import type { Settings } from '../tools/settings.ts';
import { freePort } from '../tools/free-port.ts';
import { atMost, type BenchRow, median } from './row.ts';
import type { Stage } from './stage.ts';

const CLUSTER = 'bench-store';
const INSTANCES = 5_000;
const ZONES = ['zone-a', 'zone-b', 'zone-c'];
const RESERVED = 400;
const RESERVED_ON = 200;
const ROUNDS = 5;
const RECORDED_AT_ONCE = 100;
const SNAPSHOT_REACH_MS = 1_000;
const RESERVE_REACH_MS = 3_000;

export async function benchStoreCalls(stage: Stage, { partition }: Settings): Promise<readonly BenchRow[]> {
  const port = await freePort();
  const postgres = await startPostgres({ dataDir: stage.folder('store'), port });
  stage.onEnd(() => postgres.stop());
  const store = await openStore({ connectionString: postgres.connectionString, partition });
  try {
    return await measure(store, stage.size(INSTANCES, RESERVED_ON));
  } finally {
    await store.close();
  }
}

async function measure(store: Store, instances: number): Promise<readonly BenchRow[]> {
  const ids = await register(store, instances);
  const snapshots: number[] = [];
  const reservations: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    snapshots.push(await timed(() => snapshot(store)));
    reservations.push(await timed(() => reserve(store, ids)));
  }
  const shown = Math.min(instances, SNAPSHOT_LIMIT);
  return [
    atMost(
      { name: `snapshot of ${shown} of ${instances} instances`, value: median(snapshots), unit: 'ms' },
      SNAPSHOT_REACH_MS,
    ),
    atMost(
      { name: `reservation of ${RESERVED} tasks on ${RESERVED_ON} instances`, value: median(reservations), unit: 'ms' },
      RESERVE_REACH_MS,
    ),
  ];
}

async function register(store: Store, count: number): Promise<readonly string[]> {
  await store.createCluster(aCluster(CLUSTER));
  const records = Array.from({ length: count }, (_, i) =>
    anInstanceRecord({
      id: i.toString(16).padStart(32, '0'),
      clusterName: CLUSTER,
      cpu: 1_000_000,
      memoryMiB: 1_000_000,
      attributes: { 'ecs.availability-zone': ZONES[i % ZONES.length] ?? '', rack: `rack-${i % 100}` },
    }),
  );
  for (let i = 0; i < records.length; i += RECORDED_AT_ONCE) {
    await Promise.all(records.slice(i, i + RECORDED_AT_ONCE).map((instance) => store.recordInstance(instance)));
  }
  return records.map(({ containerInstanceId }) => containerInstanceId);
}

async function snapshot(store: Store): Promise<void> {
  const attributeNames = ['ecs.availability-zone', 'rack'];
  const request = { clusterName: CLUSTER, group: 'service:web', cpu: 256, memoryMiB: 512, attributeNames };
  const { ids } = await store.snapshotCapacity({ ...request, otherGroups: [] });
  if (ids.length === 0) throw new Error('the snapshot is empty');
}

async function reserve(store: Store, ids: readonly string[]): Promise<void> {
  const tasks = Array.from({ length: RESERVED }, (_, i) =>
    aTask({
      clusterName: CLUSTER,
      group: 'service:web',
      containerInstanceId: ids[i % RESERVED_ON] ?? '',
      held: held({ cpu: 1, memoryMiB: 4 }),
    }),
  );
  const { reserved } = await store.reserveTasks({ clusterName: CLUSTER, tasks });
  if (reserved.length < RESERVED) throw new Error(`only ${reserved.length} of ${RESERVED} tasks were reserved`);
}

async function timed(act: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}
