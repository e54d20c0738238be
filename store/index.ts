/** Opens the store: the one way in for the rest of Longshore. */
import type { Partition } from '../model/arn.ts';
import { createAttributeStore } from './attributes.ts';
import { createClusterStore } from './clusters.ts';
import { openDatabase } from './database.ts';
import { createInstanceReader } from './instances.ts';
import { checkCapacityInvariant } from './invariant.ts';
import { migrate } from './migrate.ts';
import { createOwnerStore } from './owners.ts';
import { recordInstance } from './record-instance.ts';
import { recordOwner } from './record-owner.ts';
import { reserveTasks } from './reserve.ts';
import { createServiceStore } from './services.ts';
import { snapshotCapacity, snapshotForQuery } from './snapshot.ts';
import { createTagStore } from './tags.ts';
import { createTaskDefinitionStore } from './task-definitions.ts';
import { createTaskStore } from './tasks.ts';
import type { Store } from './types.ts';

export interface StoreOptions {
  readonly connectionString: string;
  /** Account and region of the ARNs that resources are known by. */
  readonly partition: Partition;
  /** Connections at most; default 10. */
  readonly poolSize?: number;
}

/** Connects and brings the schema up to date. Any number of processes may do so at once. */
export async function openStore({ connectionString, partition, poolSize }: StoreOptions): Promise<Store> {
  const db = openDatabase(connectionString, poolSize);
  try {
    await migrate(db);
  } catch (error) {
    await db.close();
    throw error;
  }
  return {
    ...createClusterStore(db),
    ...createTaskDefinitionStore(db, partition),
    ...createTaskStore(db, partition),
    ...createServiceStore(db),
    ...createInstanceReader(db),
    ...createAttributeStore(db),
    ...createTagStore(db, partition),
    ...createOwnerStore(db),
    snapshotForQuery: (clusterName, status) => snapshotForQuery(db, clusterName, status),
    snapshotCapacity: (request) => snapshotCapacity(db, request),
    reserveTasks: (input) => reserveTasks(db, input),
    recordOwner: (writes) => recordOwner(db, writes),
    recordInstance: (record) => recordInstance(db, record),
    checkCapacityInvariant: () => checkCapacityInvariant(db),
    ping: async () => {
      await db.run('SELECT 1');
    },
    close: () => db.close(),
  };
}
