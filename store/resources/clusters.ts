/** Clusters, with the counts of their resources. */
import { EcsError } from '../../model/errors.ts';
import { type ClusterContents, countClusters } from '../capacity/cluster-counts.ts';
import type { Database, Queries } from '../base/database.ts';
import { pageOf } from '../base/page.ts';
import { requireProviders } from './required-providers.ts';
import type { ClusterCounts, ClusterRecord, ClusterStore } from '../contract/clusters.ts';
import { toJson } from '../base/storable.ts';

export interface ClusterRow {
  readonly name: string;
  readonly status: ClusterRecord['status'];
  readonly created_at: number;
  readonly doc: Omit<ClusterRecord, 'clusterName' | 'status' | 'createdAt' | 'tags'>;
  readonly tags: ClusterRecord['tags'];
}

export const CLUSTER_COLUMNS = 'name, status, created_at, doc, tags';

export const toClusterRecord = (row: ClusterRow): ClusterRecord => ({
  clusterName: row.name,
  status: row.status,
  createdAt: row.created_at,
  ...row.doc,
  tags: row.tags,
});

function toDoc(cluster: ClusterRecord): string {
  const { clusterName: _name, status: _status, createdAt: _createdAt, tags: _tags, ...doc } = cluster;
  return toJson(doc);
}

export function createClusterStore(db: Database): ClusterStore {
  return {
    createCluster: (cluster) => createCluster(db, cluster),
    getClusters: (names) => getClusters(db, names),
    listClusters: async (page) => {
      const rows = await db.rows<{ name: string }>(
        "SELECT name FROM clusters WHERE status = 'ACTIVE' AND name > $1 ORDER BY name LIMIT $2",
        [page.after ?? '', page.limit + 1],
      );
      return pageOf(
        rows.map((row) => row.name),
        page.limit,
        (name) => name,
      );
    },
    updateCluster: (name, changes) =>
      db.transaction(async (queries) => {
        const { tags, ...doc } = changes;
        await requireCluster(queries, name, 'FOR NO KEY UPDATE');
        const [row] = await queries.rows<ClusterRow>(
          `UPDATE clusters SET doc = doc || $2::jsonb, tags = coalesce($3::jsonb, tags) WHERE name = $1 RETURNING ${CLUSTER_COLUMNS}`,
          [name, toJson(doc), tags === undefined ? null : toJson(tags)],
        );
        if (!row) throw new EcsError('ClusterNotFoundException', 'Cluster not found.');
        return toClusterRecord(row);
      }),
    deleteCluster: (name) => deleteCluster(db, name),
    requireCluster: (name) => requireCluster(db, name),
  };
}

async function createCluster(db: Database, cluster: ClusterRecord): Promise<ClusterRecord> {
  await db.transaction(async (queries) => {
    await requireProviders(queries, cluster.capacityProviders);
    await insertCluster(queries, cluster);
  });
  return requireCluster(db, cluster.clusterName);
}

async function insertCluster(queries: Queries, cluster: ClusterRecord): Promise<void> {
  await queries.run(
    `INSERT INTO clusters (name, status, created_at, doc, tags) VALUES ($1, 'ACTIVE', $2, $3, $4)
     ON CONFLICT (name) DO UPDATE
       SET status = 'ACTIVE', inactive_since = NULL, created_at = excluded.created_at, doc = excluded.doc,
         tags = excluded.tags
       WHERE clusters.status = 'INACTIVE'`,
    [cluster.clusterName, cluster.createdAt, toDoc(cluster), toJson(cluster.tags)],
  );
}

/**
 * Returns the cluster if it is ACTIVE; `lock` keeps it so until the end of the transaction. Throws
 * ClusterNotFoundException otherwise.
 */
export async function requireCluster(queries: Queries, name: string, lock = ''): Promise<ClusterRecord> {
  const [row] = await queries.rows<ClusterRow>(`SELECT ${CLUSTER_COLUMNS} FROM clusters WHERE name = $1 ${lock}`, [
    name,
  ]);
  if (!row) throw new EcsError('ClusterNotFoundException', 'Cluster not found.');
  if (row.status !== 'ACTIVE') throw new EcsError('ClusterNotFoundException', 'The referenced cluster was inactive.');
  return toClusterRecord(row);
}

async function deleteCluster(db: Database, name: string): Promise<ClusterRecord & ClusterCounts> {
  return db.transaction(async (queries) => {
    // Excludes transactions that add an instance or a service, because they hold the row FOR SHARE meanwhile.
    const cluster = await requireCluster(queries, name, 'FOR UPDATE');
    const contents = (await countClusters(queries, [name])).get(name);
    if (contents) refuseIfInUse(contents);
    await queries.run("UPDATE clusters SET status = 'INACTIVE', inactive_since = now() WHERE name = $1", [name]);
    return { ...cluster, status: 'INACTIVE', ...countsOf(contents) };
  });
}

function refuseIfInUse({ counts, services, tasks }: ClusterContents): void {
  const text = 'The Cluster cannot be deleted while';
  if (counts.registeredContainerInstancesCount > 0) {
    throw new EcsError(
      'ClusterContainsContainerInstancesException',
      `${text} Container Instances are active or draining.`,
    );
  }
  if (services > 0) throw new EcsError('ClusterContainsServicesException', `${text} Services are active.`);
  if (tasks > 0) throw new EcsError('ClusterContainsTasksException', `${text} Tasks are active.`);
}

const countsOf = (contents: ClusterContents | undefined): ClusterCounts =>
  contents?.counts ?? {
    registeredContainerInstancesCount: 0,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    activeServicesCount: 0,
    statistics: {},
  };

async function getClusters(
  db: Database,
  names: readonly string[],
): Promise<readonly (ClusterRecord & ClusterCounts)[]> {
  const rows = await db.rows<ClusterRow>(`SELECT ${CLUSTER_COLUMNS} FROM clusters WHERE name = ANY($1) ORDER BY name`, [
    names,
  ]);
  const contents = await countClusters(
    db,
    rows.map((row) => row.name),
  );
  return rows.map((row) => ({ ...toClusterRecord(row), ...countsOf(contents.get(row.name)) }));
}
