/**
 * DescribeTasks and ListTasks with ten thousand stored tasks, compared with moto's server, which gets as many as it
 * takes in time.
 */
import { randomBytes } from 'node:crypto';
import { FAMILY, registerTaskDefinition } from './ecs-service.ts';
import { aContainer, aTask, held } from '../fixtures/records.ts';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/contract/store.ts';
import type { Task } from '../model/task.ts';
import type { Settings } from '../tools/settings.ts';
import { type LoadResult, loadEcs } from './http-load.ts';
import { startMoto } from './moto.ts';
import { type BenchRow, timesMore } from './row.ts';
import { roomyRegistration } from './simulated-instance.ts';
import type { Stage } from './stage.ts';

const CLUSTER = 'bench-reads';
const TASKS = 10_000;
const BATCH = 500;
const DESCRIBED = 100;

const OPERATIONS = [
  { name: 'DescribeTasks', what: `DescribeTasks of ${DESCRIBED}` },
  { name: 'ListTasks', what: 'ListTasks, a page of 100' },
] as const;

export async function benchReads(stage: Stage, settings: Settings): Promise<readonly BenchRow[]> {
  const { ecs, url, connectionString } = await stage.longshore();
  await registerTaskDefinition(ecs);
  const store = await openStore({ connectionString, partition: settings.partition });
  const ids = await seed(store, settings).finally(() => store.close());
  const moto = await startMoto(stage, TASKS);
  const rows: BenchRow[] = [];
  for (const { name, what } of OPERATIONS) {
    const bodyFor = (cluster: string, tasks: readonly string[]) =>
      name === 'DescribeTasks' ? { cluster, tasks: tasks.slice(0, DESCRIBED) } : { cluster, maxResults: 100 };
    const theirs = await best(moto.url, name, bodyFor(moto.cluster, moto.taskArns));
    const ours = await best(url, name, bodyFor(CLUSTER, ids));
    const reference = { name: `requests/s moto, ${moto.taskArns.length} tasks`, value: theirs.perSecond };
    rows.push(
      timesMore({ name: `${what}, ${TASKS} stored`, value: ours.perSecond, unit: 'requests/s', reference }, 5),
      {
        name: `the same, p99 of ${ours.concurrency} at a time`,
        value: ours.p99,
        unit: 'ms',
        reference: { name: `ms moto, ${theirs.concurrency} at a time`, value: theirs.p99 },
      },
    );
  }
  return rows;
}

/** Measures each server at the concurrency that suits it best. */
async function best(url: string, operation: string, body: unknown): Promise<LoadResult> {
  const results: LoadResult[] = [];
  for (const concurrency of [1, 8]) results.push(await loadEcs({ url, operation, body, concurrency }));
  return results.reduce((a, b) => (b.perSecond > a.perSecond ? b : a));
}

/** Stores RUNNING tasks as reservations and reports leave them. Returns their ids. */
async function seed(store: Store, settings: Settings): Promise<readonly string[]> {
  const now = Date.now();
  const registration = roomyRegistration(CLUSTER);
  const { containerInstanceId } = registration;
  await store.createCluster({
    clusterName: CLUSTER,
    status: 'ACTIVE',
    createdAt: now,
    settings: [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    tags: [],
  });
  const instance = { clusterName: CLUSTER, containerInstanceId };
  await store.recordInstance({
    ...instance,
    version: now,
    status: 'ACTIVE',
    agentConnected: true,
    registration,
    registeredAt: now,
  });
  const ids: string[] = [];
  while (ids.length < TASKS) {
    const tasks = Array.from({ length: BATCH }, () => storedTask(containerInstanceId, settings, now));
    const { reserved } = await store.reserveTasks({ clusterName: CLUSTER, tasks });
    if (reserved.length < BATCH) throw new Error('the store did not take the tasks');
    await store.recordOwner({ clusterName: CLUSTER, events: [], tasks: tasks.map((task) => started(task, now)) });
    ids.push(...reserved.map((task) => task.taskId));
  }
  return ids;
}

const started = (task: Task, startedAt: number) => ({
  taskId: task.taskId,
  version: 2,
  changes: {
    lastStatus: 'RUNNING',
    startedAt,
    containers: [{ name: 'main', lastStatus: 'RUNNING', runtimeId: randomBytes(32).toString('hex') }],
  } as const,
});

const storedTask = (containerInstanceId: string, { partition }: Settings, createdAt: number): Task =>
  aTask({
    clusterName: CLUSTER,
    taskDefinitionArn: `arn:aws:ecs:${partition.region}:${partition.account}:task-definition/${FAMILY}:1`,
    family: FAMILY,
    ownerWorkflowId: `run-task/${CLUSTER}/seed`,
    group: `family:${FAMILY}`,
    containerInstanceId,
    availabilityZone: 'zone-a',
    cpu: '0',
    memory: '16',
    held: held({ cpu: 0, memoryMiB: 16 }),
    containers: [aContainer({ name: 'main', image: 'busybox', memory: '16' })],
    createdAt,
  });
