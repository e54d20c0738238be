/** Capacity providers, and which clusters use them. */
import type { CapacityProviderRecord } from '../../model/capacity-provider.ts';
import { EcsError } from '../../model/errors.ts';
import type { ProviderGroup } from '../../model/provider-demand.ts';
import { putCallDecision } from '../history/call-decisions.ts';
import { requireCluster, toClusterRecord, CLUSTER_COLUMNS, type ClusterRow } from './clusters.ts';
import type { Database, Queries } from '../base/database.ts';
import { CAPACITY_PROVIDER } from '../rows/instance-rows.ts';
import { pageOf } from '../base/page.ts';
import { requireProviders } from './required-providers.ts';
import type { TaskRow } from '../rows/task-rows.ts';
import type { CapacityProviderStore, ClusterProviders, ClusterRecord } from '../contract/clusters.ts';
import { toJson } from '../base/storable.ts';

interface ProviderRow {
  readonly name: string;
  readonly status: CapacityProviderRecord['status'];
  readonly created_at: number;
  readonly doc: Pick<CapacityProviderRecord, 'autoScalingGroupProvider' | 'updateStatus'>;
  readonly tags: CapacityProviderRecord['tags'];
}

const COLUMNS = 'name, status, created_at, doc, tags';
const IN_USE = 'The specified capacity provider is in use and cannot be removed.';

const toRecord = (row: ProviderRow): CapacityProviderRecord => ({
  name: row.name,
  status: row.status,
  createdAt: row.created_at,
  ...row.doc,
  tags: row.tags,
});

export function createCapacityProviderStore(db: Database): CapacityProviderStore {
  return {
    createCapacityProvider: async (provider) => {
      const { name, status, createdAt, tags, ...doc } = provider;
      const [row] = await db.rows<ProviderRow>(
        `INSERT INTO capacity_providers AS p (${COLUMNS}) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO UPDATE SET status = excluded.status, inactive_since = NULL, created_at = excluded.created_at,
           doc = excluded.doc, tags = excluded.tags WHERE p.status = 'INACTIVE' RETURNING ${COLUMNS}`,
        [name, status, createdAt, toJson(doc), toJson(tags)],
      );
      return row && toRecord(row);
    },
    updateCapacityProvider: async (name, autoScalingGroupProvider) => {
      const doc = toJson({ autoScalingGroupProvider, updateStatus: 'UPDATE_COMPLETE' });
      const [row] = await db.rows<ProviderRow>(
        `UPDATE capacity_providers SET doc = doc || $2::jsonb WHERE name = $1 AND status = 'ACTIVE' RETURNING ${COLUMNS}`,
        [name, doc],
      );
      return row && toRecord(row);
    },
    deleteCapacityProvider: (name) => db.transaction((queries) => deleteProvider(queries, name)),
    getCapacityProviders: async (names) => {
      const rows = await db.rows<ProviderRow>(
        `SELECT ${COLUMNS} FROM capacity_providers WHERE name = ANY($1) ORDER BY name`,
        [names],
      );
      return rows.map(toRecord);
    },
    listCapacityProviders: async (page) => {
      const rows = await db.rows<ProviderRow>(
        `SELECT ${COLUMNS} FROM capacity_providers WHERE status = 'ACTIVE' AND name > $1 ORDER BY name LIMIT $2`,
        [page.after ?? '', page.limit + 1],
      );
      return pageOf(rows.map(toRecord), page.limit, ({ name }) => name);
    },
    getProviderGroup: (clusterName, name) => readGroup(db, clusterName, name),
    putClusterCapacityProviders: (clusterName, providers, cause) =>
      db.transaction(async (queries) => {
        const { before, after } = await putClusterProviders(queries, clusterName, providers);
        const changed = { before: providersOf(before), after: providersOf(after) };
        await putCallDecision(queries, { cause, reason: 'providersSet', clusterName, ...changed });
        return after;
      }),
  };
}

async function deleteProvider(queries: Queries, name: string): Promise<CapacityProviderRecord | undefined> {
  // Excludes a cluster that is about to use the provider, because that one holds the row FOR SHARE meanwhile.
  const [found] = await queries.rows<ProviderRow>(
    `SELECT ${COLUMNS} FROM capacity_providers WHERE name = $1 AND status = 'ACTIVE' FOR UPDATE`,
    [name],
  );
  if (!found) return undefined;
  const [user] = await queries.rows<{ name: string }>(
    `SELECT name FROM clusters WHERE status = 'ACTIVE' AND doc -> 'capacityProviders' ? $1 LIMIT 1`,
    [name],
  );
  if (user) throw new EcsError('ClientException', IN_USE);
  const [row] = await queries.rows<ProviderRow>(
    `UPDATE capacity_providers SET status = 'INACTIVE', inactive_since = now(), doc = doc || '{"updateStatus": "DELETE_COMPLETE"}'
     WHERE name = $1 RETURNING ${COLUMNS}`,
    [name],
  );
  return row && toRecord(row);
}

async function putClusterProviders(
  queries: Queries,
  clusterName: string,
  providers: ClusterProviders,
): Promise<{ readonly before: ClusterRecord; readonly after: ClusterRecord }> {
  const before = await requireCluster(queries, clusterName, 'FOR NO KEY UPDATE');
  await requireProviders(queries, providers.capacityProviders);
  const removed = before.capacityProviders.filter((name) => !providers.capacityProviders.includes(name));
  if (removed.length > 0 && (await areInUse(queries, clusterName, removed))) {
    throw new EcsError('ResourceInUseException', IN_USE);
  }
  const [row] = await queries.rows<ClusterRow>(
    `UPDATE clusters SET doc = doc || $2::jsonb WHERE name = $1 RETURNING ${CLUSTER_COLUMNS}`,
    [clusterName, toJson(providers)],
  );
  if (!row) throw new EcsError('ClusterNotFoundException', 'Cluster not found.');
  return { before, after: toClusterRecord(row) };
}

const providersOf = ({ capacityProviders, defaultCapacityProviderStrategy }: ClusterRecord): ClusterProviders => ({
  capacityProviders,
  defaultCapacityProviderStrategy,
});

/** Named by the strategy of an existing service, or by a task that has not stopped. */
async function areInUse(queries: Queries, clusterName: string, names: readonly string[]): Promise<boolean> {
  const [row] = await queries.rows<{ used: boolean }>(
    `SELECT EXISTS (SELECT FROM services s WHERE cluster = $1 AND status <> 'INACTIVE' AND EXISTS (
         SELECT FROM jsonb_array_elements(coalesce(doc #> '{definition,capacityProviderStrategy}', '[]')) item
         WHERE item ->> 'capacityProvider' = ANY($2)))
       OR EXISTS (SELECT FROM tasks WHERE cluster = $1 AND last_status <> 'STOPPED'
         AND spec ->> 'capacityProviderName' = ANY($2)) AS used`,
    [clusterName, names],
  );
  return row?.used === true;
}

async function readGroup(db: Database, clusterName: string, name: string): Promise<ProviderGroup> {
  const [instances, waiting] = await Promise.all([
    db.rows<{ cpu: number; memory: number; gpus: number; used: boolean }>(
      `SELECT cpu, memory, cardinality(gpus) AS gpus, EXISTS (
         SELECT FROM tasks t LEFT JOIN services s ON s.cluster = t.cluster AND s.name = t.service
         WHERE t.instance_id = i.id AND t.last_status <> 'STOPPED' AND s.scheduling_strategy IS DISTINCT FROM 'DAEMON') AS used
       FROM container_instances i WHERE cluster = $1 AND status = 'ACTIVE' AND ${CAPACITY_PROVIDER} = $2 ORDER BY id`,
      [clusterName, name],
    ),
    db.rows<{ spec: TaskRow['spec'] }>(
      `SELECT spec FROM tasks WHERE cluster = $1 AND instance_id IS NULL AND last_status = 'PROVISIONING'
         AND spec ->> 'capacityProviderName' = $2 ORDER BY id`,
      [clusterName, name],
    ),
  ]);
  return {
    instances: instances.map(({ cpu, memory, gpus, used }) => ({ cpu, memoryMiB: memory, gpus, isUsed: used })),
    waiting: waiting.map(({ spec }) => spec.held),
  };
}
