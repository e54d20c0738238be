/** Opens the store: the only entrance for the rest of Longshore. */
import type { Partition } from '../model/arn.ts';
import { assignTasks, listProvisioningOwners } from './capacity/assign.ts';
import { createAccessKeyStore } from './resources/access-keys.ts';
import { createAccountSettingStore } from './resources/account-settings.ts';
import { createAgentStore } from './resources/agents.ts';
import { createAuditStore } from './history/audit.ts';
import { createAttributeStore } from './resources/attributes.ts';
import { createCapacityProviderStore } from './resources/capacity-providers.ts';
import { createClusterStore } from './resources/clusters.ts';
import { listDaemonServices, lookAtInstances } from './capacity/daemon-services.ts';
import { openDatabase, type Database } from './base/database.ts';
import { createEventStore } from './history/events.ts';
import { createDecisionStore } from './history/decisions.ts';
import { createIamStore } from './resources/iam/index.ts';
import { createInstanceReader } from './read/instances.ts';
import { checkCapacityInvariant } from './capacity/invariant.ts';
import { migrate } from './base/migrate.ts';
import { createOwnerStore } from './read/owners.ts';
import { recordInstance } from './records/record-instance.ts';
import { recordOwner } from './records/record-owner.ts';
import { reserveTasks } from './capacity/reserve.ts';
import { createParameterStore } from './resources/secrets/parameters.ts';
import { createSealedStore } from './resources/secrets/sealed.ts';
import { createSecretStore } from './resources/secrets/secrets.ts';
import { createServiceHistoryStore } from './read/service-deployments.ts';
import { createServiceStore } from './read/services.ts';
import { snapshotCapacity, snapshotForQuery } from './capacity/snapshot.ts';
import { createTagStore } from './resources/tags.ts';
import { createTaskDefinitionStore } from './resources/task-definitions.ts';
import { createTaskStore } from './read/tasks.ts';
import type { Store } from './contract/store.ts';
import { createZoneStore } from './capacity/zones.ts';
import { createWebhookStore } from './history/webhooks.ts';

export { SchemaError } from './base/migrate.ts';

export interface StoreOptions {
  readonly connectionString: string;
  /** Account and region of the resources' ARNs. */
  readonly partition: Partition;
  /** The most connections; default 10. */
  readonly poolSize?: number;
}

/** Connects and brings the schema up to date. Any number of processes may do so at once. Rejects with SchemaError. */
export async function openStore({ connectionString, partition, poolSize }: StoreOptions): Promise<Store> {
  const db = openDatabase(connectionString, poolSize);
  try {
    await migrate(db);
  } catch (error) {
    await db.close();
    throw error;
  }
  return createStore(db, partition);
}

/** The store over a database whose schema is up to date. */
export function createStore(db: Database, partition: Partition): Store {
  return {
    ...createClusterStore(db),
    ...createCapacityProviderStore(db),
    ...createTaskDefinitionStore(db, partition),
    ...createTaskStore(db, partition),
    ...createServiceStore(db),
    ...createServiceHistoryStore(db),
    ...createInstanceReader(db),
    ...createAttributeStore(db),
    ...createTagStore(db, partition),
    ...createAccountSettingStore(db),
    ...createOwnerStore(db),
    ...createDecisionStore(db),
    ...createEventStore(db),
    ...createZoneStore(db),
    ...createWebhookStore(db),
    ...createAccessKeyStore(db),
    ...createAgentStore(db),
    ...createAuditStore(db),
    ...createIamStore(db, partition),
    ...createSecretStore(db),
    ...createParameterStore(db),
    ...createSealedStore(db),
    snapshotForQuery: (clusterName, status) => snapshotForQuery(db, clusterName, status),
    snapshotCapacity: (request) => snapshotCapacity(db, request),
    reserveTasks: (input) => reserveTasks(db, input),
    assignTasks: (input) => assignTasks(db, input),
    listProvisioningOwners: (clusterName, limit) => listProvisioningOwners(db, clusterName, limit),
    recordOwner: (writes) => recordOwner(db, writes),
    listDaemonServices: (clusterName) => listDaemonServices(db, clusterName),
    lookAtInstances: (request) => lookAtInstances(db, request),
    recordInstance: (record) => recordInstance(db, record),
    checkCapacityInvariant: () => checkCapacityInvariant(db),
    ping: async () => {
      await db.run('SELECT 1');
    },
    close: () => db.close(),
  };
}
