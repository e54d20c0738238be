/** The check of the ledger's invariant finds each kind of mistake. */
import pg from 'pg';
import { expect, it } from 'vitest';
import { withTestStore } from '../../support/store.ts';
import { aTask, held } from '../../../fixtures/records.ts';
import { registerInstance, reserve } from '../builders.ts';

const running = withTestStore();

it.each(['held_cpu = held_cpu + 1', "held_ports = '{}'", "held_gpus = '{}'", 'held_memory = 0'])(
  'the check of the invariant finds %s',
  async (damage) => {
    const { store, postgres } = running();
    const id = await registerInstance(store, { gpuIds: ['g'] });
    await reserve(store, [aTask({ containerInstanceId: id, held: held({ ports: ['80/tcp'], gpus: 1 }) })]);
    expect(await store.checkCapacityInvariant()).toEqual([]);
    const client = new pg.Client({ connectionString: postgres.connectionString });
    await client.connect();
    await client.query(`UPDATE container_instances SET ${damage} WHERE id = $1`, [id]);
    const found = await store.checkCapacityInvariant();
    expect(found).toMatchObject([{ containerInstanceId: id, expected: { cpu: 256, memoryMiB: 512, gpus: 1 } }]);
    await client.query('DELETE FROM tasks');
    await client.query('DELETE FROM container_instances');
    await client.end();
  },
);
