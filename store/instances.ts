/** Reading container instances. */
import { CAPACITY_PROVIDER_ATTRIBUTE } from '../model/container-instance.ts';
import type { Attribute, CountedInstance } from '../model/container-instance.ts';
import type { InstanceStatus } from '../model/status.ts';
import type { Database, Statement } from './database.ts';
import { type Page, type PageRequest, pageOf } from './page.ts';
import { DESCRIBABLE_WHEN_INACTIVE } from './retention.ts';
import type { InstanceStore } from './types.ts';

export interface InstanceRow {
  readonly id: string;
  readonly cluster: string;
  readonly status: InstanceStatus;
  readonly status_reason: string | null;
  readonly agent_connected: boolean;
  readonly registered_at: number;
  readonly version: number;
  readonly cpu: number;
  readonly memory: number;
  readonly reserved_ports: readonly string[];
  readonly gpus: readonly string[];
  readonly held_cpu: number;
  readonly held_memory: number;
  readonly held_ports: readonly string[];
  readonly held_gpus: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly agent_version: string;
  readonly agent_hash: string;
  readonly docker_version: string;
  readonly tags: CountedInstance['tags'];
  readonly running: number;
  readonly pending: number;
}

/** A task counts as pending until it runs, and as running while it is meant to. */
export const RUNNING_ON_INSTANCE = `desired_status = 'RUNNING' AND last_status NOT IN ('PROVISIONING', 'PENDING', 'ACTIVATING')`;
const PENDING_ON_INSTANCE = `last_status IN ('PROVISIONING', 'PENDING', 'ACTIVATING')`;

/** The operator's capacity provider that an instance (`i`) belongs to; null where it belongs to none. */
export const CAPACITY_PROVIDER = `coalesce(i.custom_attributes ->> '${CAPACITY_PROVIDER_ATTRIBUTE}', i.agent_attributes ->> '${CAPACITY_PROVIDER_ATTRIBUTE}')`;

const GET: Statement = {
  name: 'instances-get',
  text: `
    SELECT i.id, i.cluster, i.status, i.status_reason, i.agent_connected, i.registered_at, i.event_version AS version, i.cpu, i.memory,
      i.reserved_ports, i.gpus, i.held_cpu, i.held_memory, i.held_ports, i.held_gpus,
      i.agent_attributes || i.custom_attributes AS attributes, i.agent_version, i.agent_hash, i.docker_version, i.tags,
      coalesce(t.running, 0) AS running, coalesce(t.pending, 0) AS pending
    FROM container_instances i LEFT JOIN (
      SELECT instance_id, count(*) FILTER (WHERE ${RUNNING_ON_INSTANCE}) AS running,
        count(*) FILTER (WHERE ${PENDING_ON_INSTANCE}) AS pending
      FROM tasks WHERE instance_id = ANY($2) AND last_status <> 'STOPPED' GROUP BY instance_id) t ON t.instance_id = i.id
    WHERE i.cluster = $1 AND i.id = ANY($2)
      AND (i.status <> 'INACTIVE' OR i.inactive_since > now() - ${DESCRIBABLE_WHEN_INACTIVE})
    ORDER BY i.id`,
};

/** An empty value in the database stands for an attribute without one. */
export const toAttribute = ([name, value]: readonly [string, string]): Attribute =>
  value === '' ? { name } : { name, value };

/** By name, as the database keeps them. */
export const toAttributeMap = (attributes: readonly Attribute[]): Readonly<Record<string, string>> =>
  Object.fromEntries(attributes.map(({ name, value }) => [name, value ?? '']));

export function toInstance(row: InstanceRow): CountedInstance {
  return {
    containerInstanceId: row.id,
    clusterName: row.cluster,
    status: row.status,
    ...(row.status_reason === null ? {} : { statusReason: row.status_reason }),
    agentConnected: row.agent_connected,
    registeredAt: row.registered_at,
    registered: { cpu: row.cpu, memoryMiB: row.memory, reservedPorts: row.reserved_ports, gpuIds: row.gpus },
    attributes: Object.entries(row.attributes).map(toAttribute),
    ...(row.attributes[CAPACITY_PROVIDER_ATTRIBUTE]
      ? { capacityProviderName: row.attributes[CAPACITY_PROVIDER_ATTRIBUTE] }
      : {}),
    agentVersion: row.agent_version,
    agentHash: row.agent_hash,
    dockerVersion: row.docker_version,
    version: row.version,
    runningTasksCount: row.running,
    pendingTasksCount: row.pending,
    remaining: {
      cpu: row.cpu - row.held_cpu,
      memoryMiB: row.memory - row.held_memory,
      usedPorts: [...new Set([...row.reserved_ports, ...row.held_ports])],
      freeGpuIds: row.gpus.filter((gpu) => !row.held_gpus.includes(gpu)),
    },
    tags: row.tags,
  };
}

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
