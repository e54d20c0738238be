/** Reads container instances. */
import type { Database, Statement } from '../base/database.ts';
import { pageOf } from '../base/page.ts';
import type { Page, PageRequest } from '../contract/page.ts';
import type { InstanceStore } from '../contract/instances.ts';
import { DESCRIBABLE_WHEN_INACTIVE } from '../rows/inactive.ts';
import { type InstanceRow, PENDING_ON_INSTANCE, RUNNING_ON_INSTANCE, toInstance } from '../rows/instance-rows.ts';

const GET: Statement = {
  name: 'instances-get',
  text: `
    SELECT i.id, i.cluster, i.status, i.status_reason, i.agent_connected, i.registered_at, i.event_version AS version, i.cpu, i.memory,
      i.reserved_ports, i.gpus, i.held_cpu, i.held_memory, i.held_ports, i.held_gpus,
      i.agent_attributes || i.custom_attributes AS attributes, i.agent_version, i.agent_hash, i.docker_version, i.agent_update_status, i.tags,
      coalesce(t.running, 0) AS running, coalesce(t.pending, 0) AS pending
    FROM container_instances i LEFT JOIN (
      SELECT instance_id, count(*) FILTER (WHERE ${RUNNING_ON_INSTANCE}) AS running,
        count(*) FILTER (WHERE ${PENDING_ON_INSTANCE}) AS pending
      FROM tasks WHERE instance_id = ANY($2) AND last_status <> 'STOPPED' GROUP BY instance_id) t ON t.instance_id = i.id
    WHERE i.cluster = $1 AND i.id = ANY($2)
      AND (i.status <> 'INACTIVE' OR i.inactive_since > now() - ${DESCRIBABLE_WHEN_INACTIVE})
    ORDER BY i.id`,
};

export function createInstanceReader(
  db: Database,
): Pick<InstanceStore, 'getInstances' | 'listInstances' | 'listLastConnected'> {
  return {
    getInstances: async (clusterName, ids) => (await db.rows<InstanceRow>(GET, [clusterName, ids])).map(toInstance),
    listInstances: (filter, page) => listInstances(db, filter, page),
    // A version is the time of its change.
    listLastConnected: async (withinMs) => {
      const rows = await db.rows<{ id: string }>(
        `SELECT id FROM container_instances WHERE status = 'ACTIVE'
           AND (agent_connected OR version >= (SELECT max(version) FROM container_instances) - $1::bigint) ORDER BY id`,
        [withinMs],
      );
      return rows.map((row) => row.id);
    },
  };
}

async function listInstances(
  db: Database,
  filter: Parameters<InstanceStore['listInstances']>[0],
  page: PageRequest,
): Promise<Page<string>> {
  const rows = await db.rows<{ id: string }>(
    `SELECT id FROM container_instances
     WHERE cluster = $1 AND id > $2 AND CASE WHEN $3::text IS NULL THEN status <> 'INACTIVE' ELSE status = $3 END
       AND (status <> 'INACTIVE' OR inactive_since > now() - ${DESCRIBABLE_WHEN_INACTIVE})
     ORDER BY id LIMIT $4`,
    [filter.clusterName, page.after ?? '', filter.status ?? null, page.limit + 1],
  );
  return pageOf(
    rows.map((row) => row.id),
    page.limit,
    (id) => id,
  );
}
