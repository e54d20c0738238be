/** Reservations at the same time, from one process and from several. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Task } from '../../../model/task.ts';
import { openStore } from '../../../store/index.ts';
import { TEST_PARTITION, withTestStore } from '../../support/store.ts';
import { aTask, held, newId } from '../../../fixtures/records.ts';
import { record, registerInstance, reserve, stopped } from '../builders.ts';

const running = withTestStore();
const store = () => running().store;
afterEach(async () => {
  expect(await store().checkCapacityInvariant()).toEqual([]);
});

const remaining = async (ids: readonly string[]) =>
  (await store().getInstances('default', ids)).map((instance) => instance.remaining);

describe('reservations at the same time', () => {
  it('never give more than there is of any resource', async () => {
    const shape = { cpu: 1000, memoryMiB: 1000, gpuIds: ['g0', 'g1', 'g2'] };
    const ids = await Promise.all(Array.from({ length: 4 }, () => registerInstance(store(), shape)));
    const wanted = [held({ cpu: 300, memoryMiB: 10 }), held({ cpu: 1, memoryMiB: 450 }), held({ cpu: 1, gpus: 2 })];
    const port = held({ cpu: 1, memoryMiB: 1, ports: ['80/tcp'] });
    const batches = Array.from({ length: 24 }, (_, i) =>
      ids.flatMap((_id, k) =>
        [wanted[(i + k) % 3]!, port].map((h) => aTask({ containerInstanceId: ids[(k + i) % 4]!, held: h })),
      ),
    );
    const results = await Promise.all(batches.map((tasks) => reserve(store(), tasks)));
    for (const free of await remaining(ids)) {
      expect(free.cpu).toBeGreaterThanOrEqual(0);
      expect(free.memoryMiB).toBeGreaterThanOrEqual(0);
      expect(free.usedPorts.filter((used) => used === '80/tcp')).toHaveLength(1);
    }
    const rows = await Promise.all(ids.map((id) => store().listInstanceTasks(id)));
    for (const tasks of rows) {
      const gpus = tasks.flatMap((task) => task.gpuIds ?? []);
      expect(new Set(gpus).size).toBe(gpus.length);
      expect(tasks.filter((task) => task.held.ports.includes('80/tcp'))).toHaveLength(1);
    }
    const reserved = results.flatMap((result) => result.reserved);
    expect(reserved).toHaveLength(rows.flat().length);
  });

  it('from several processes, repeated and mixed with stops, leave the ledger correct', async () => {
    const { connectionString } = running().postgres;
    const others = await Promise.all(
      [1, 2].map(() => openStore({ connectionString, partition: TEST_PARTITION, poolSize: 4 })),
    );
    const stores = [store(), ...others];
    const ids = await Promise.all(Array.from({ length: 6 }, () => registerInstance(store(), { cpu: 2000 })));
    const work = Array.from({ length: 40 }, async (_, i) => {
      const mine = stores[i % stores.length]!;
      const tasks = ids.map((id) =>
        aTask({ containerInstanceId: id, held: held({ ports: [`${1000 + (i % 7)}/tcp`] }) }),
      );
      const both = await Promise.all([reserve(mine, tasks), reserve(stores[(i + 1) % 3]!, tasks)]);
      const reserved = new Set(both[0].reserved.map((task) => task.taskId));
      // A repeat returns at least what the first call got. It may get more if a place became free in between.
      const patches = [...reserved].filter((_id, k) => k % 2 === 0).map((taskId) => stopped(taskId));
      await Promise.all([record(mine, patches), record(stores[(i + 2) % 3]!, patches)]);
    });
    await Promise.all(work);
    await Promise.all(others.map((other) => other.close()));
  });
});

describe('a task reserved twice at the same time', () => {
  it('is reserved once, with the same GPUs in both answers', async () => {
    const id = await registerInstance(store(), { gpuIds: ['g0', 'g1', 'g2', 'g3'] });
    const task = aTask({ containerInstanceId: id, held: held({ gpus: 2 }) });
    const answers = await Promise.all(Array.from({ length: 8 }, () => reserve(store(), [task])));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await remaining([id]))[0]).toMatchObject({ freeGpuIds: ['g2', 'g3'] });
  });
});

/** One step of a random history. Its numbers choose among what exists. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant('reserve' as const),
    wanted: fc.array(
      fc.record({
        at: fc.nat(2),
        cpu: fc.integer({ min: 0, max: 700 }),
        memoryMiB: fc.integer({ min: 0, max: 700 }),
        port: fc.option(fc.nat(3)),
        gpus: fc.nat(2),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    again: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('stop' as const), pick: fc.nat(), version: fc.integer({ min: 2, max: 6 }) }),
  fc.record({ kind: fc.constant('run' as const), pick: fc.nat(), version: fc.integer({ min: 2, max: 6 }) }),
  fc.record({
    kind: fc.constant('instance' as const),
    at: fc.nat(2),
    status: fc.constantFrom('ACTIVE', 'DRAINING', 'INACTIVE'),
  }),
  fc.constant({ kind: 'purge' as const }),
);

describe('any history', () => {
  it('leaves the ledger correct and nothing oversubscribed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const shape = { cpu: 1000, memoryMiB: 1000, gpuIds: ['a', 'b'] };
        const ids = await Promise.all([1, 2, 3].map(() => registerInstance(store(), { ...shape, id: newId() })));
        const tasks: Task[] = [];
        let version = 1;
        for (const move of steps) {
          if (move.kind === 'reserve') {
            const batch = move.wanted.map(({ at, cpu, memoryMiB, port, gpus }) => {
              const ports = port === null ? [] : [`${8000 + port}/tcp`];
              return aTask({ containerInstanceId: ids[at]!, held: { cpu, memoryMiB, ports, gpus } });
            });
            tasks.push(...batch);
            const first = await reserve(store(), batch);
            if (move.again) {
              const again = await reserve(store(), batch);
              expect(again.reserved).toEqual(expect.arrayContaining([...first.reserved]));
            }
          } else if (move.kind === 'instance') {
            version += 1;
            const change = { version, status: move.status as 'ACTIVE' };
            await store().recordInstance({ clusterName: 'default', containerInstanceId: ids[move.at]!, ...change });
          } else if (move.kind === 'purge') {
            await store().purgeStoppedTasks(Number.MAX_SAFE_INTEGER);
          } else {
            const task = tasks[move.pick % Math.max(1, tasks.length)];
            if (!task) continue;
            const changes = { lastStatus: move.kind === 'stop' ? ('STOPPED' as const) : ('RUNNING' as const) };
            await record(store(), [{ taskId: task.taskId, version: move.version, changes }]);
          }
        }
        expect(await store().checkCapacityInvariant()).toEqual([]);
        for (const free of await remaining(ids)) {
          expect(Math.min(free.cpu, free.memoryMiB)).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 40 },
    );
  });
});
