/** Writes a container instance for its workflow. It never touches what tasks hold of the instance. */
import { AVAILABILITY_ZONE_ATTRIBUTE, type InstanceRegistration } from '../../model/container-instance.ts';
import type { InstanceRecord } from '../../model/owner-record.ts';
import { requireCluster } from '../resources/clusters.ts';
import { markForDaemons } from '../capacity/daemon-services.ts';
import type { Database, Queries } from '../base/database.ts';
import { putDecisions } from '../history/decisions.ts';
import { INSTANCE_EVENT_COLUMNS, insertInstanceEvents } from '../history/events.ts';
import { toAttributeMap } from '../rows/instance-rows.ts';
import { toJson } from '../base/storable.ts';

/** A version that is already there changes nothing, and neither does a record of an instance that never registered. */
export function recordInstance(db: Database, record: InstanceRecord): Promise<void> {
  return db.transaction(async (queries) => {
    if (record.registration) await putRegistration(queries, record, record.registration);
    else await putChange(queries, record);
    if (record.agentConnected !== false) await markForDaemons(queries, record.clusterName, record.containerInstanceId);
    await putDecisions(queries, record.decisions ?? []);
  });
}

async function putChange(queries: Queries, record: InstanceRecord): Promise<void> {
  await queries.run(
    `WITH changed AS (
       UPDATE container_instances i SET version = $2, event_version = event_version + 1, status = coalesce($3, status),
         status_reason = CASE WHEN $3::text IS NULL THEN coalesce($4, status_reason) ELSE $4 END,
         stop_tasks_at = CASE WHEN $3::text IS NULL THEN stop_tasks_at ELSE $7::bigint END,
         agent_connected = coalesce($5, agent_connected), registered_at = coalesce($6, registered_at),
         agent_update_status = coalesce($8, agent_update_status),
         inactive_since = CASE WHEN coalesce($3, status) = 'INACTIVE' THEN coalesce(inactive_since, now()) END
       WHERE id = $1 AND version < $2 RETURNING ${INSTANCE_EVENT_COLUMNS})
     ${insertInstanceEvents('changed')}`,
    [
      record.containerInstanceId,
      record.version,
      record.status ?? null,
      record.statusReason ?? null,
      record.agentConnected ?? null,
      record.registeredAt ?? null,
      record.stopTasksAt ?? null,
      record.agentUpdateStatus ?? null,
    ],
  );
}

/**
 * A first registration, a return, or the new registration of an INACTIVE instance. The last starts with new versions
 * and tags, and loses its custom attributes; its time of registration tells it from a late write.
 */
const REGISTER = `
  WITH changed AS (INSERT INTO container_instances AS i (id, cluster, status, status_reason, agent_connected, registered_at, version, cpu,
    memory, reserved_ports, gpus, agent_attributes, zone, agent_version, agent_hash, docker_version, tags, inactive_since,
    event_version)
  VALUES ($1, $2, coalesce($3, 'ACTIVE'), $4, coalesce($5, false),
    coalesce($6, (extract(epoch FROM now()) * 1000)::bigint), $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, NULL, 1)
  ON CONFLICT (id) DO UPDATE SET cluster = excluded.cluster, status = coalesce($3, i.status),
    status_reason = CASE WHEN i.status = 'INACTIVE' THEN excluded.status_reason ELSE coalesce(excluded.status_reason, i.status_reason) END,
    stop_tasks_at = CASE WHEN i.status = 'INACTIVE' THEN NULL ELSE i.stop_tasks_at END, agent_connected = coalesce($5, i.agent_connected),
    registered_at = coalesce($6, i.registered_at), version = excluded.version, cpu = excluded.cpu,
    memory = excluded.memory, reserved_ports = excluded.reserved_ports, gpus = excluded.gpus,
    agent_attributes = excluded.agent_attributes, zone = excluded.zone, agent_version = excluded.agent_version,
    agent_hash = excluded.agent_hash, docker_version = excluded.docker_version,
    event_version = i.event_version + 1,
    agent_update_status = CASE WHEN i.status = 'INACTIVE' THEN NULL ELSE i.agent_update_status END,
    tags = CASE WHEN i.status = 'INACTIVE' THEN excluded.tags ELSE i.tags END,
    custom_attributes = CASE WHEN i.status = 'INACTIVE' THEN '{}' ELSE i.custom_attributes END,
    inactive_since = CASE WHEN coalesce($3, i.status) = 'INACTIVE' THEN coalesce(i.inactive_since, now()) END
  WHERE i.version < excluded.version
    OR (i.status = 'INACTIVE' AND $6::bigint > i.registered_at)
  RETURNING ${INSTANCE_EVENT_COLUMNS})
  ${insertInstanceEvents('changed')}`;

async function putRegistration(
  queries: Queries,
  record: InstanceRecord,
  registration: InstanceRegistration,
): Promise<void> {
  await requireCluster(queries, record.clusterName, 'FOR SHARE');
  const { resources } = registration;
  const attributes = toAttributeMap(registration.attributes);
  await queries.run(REGISTER, [
    record.containerInstanceId,
    record.clusterName,
    record.status ?? null,
    record.statusReason ?? null,
    record.agentConnected ?? null,
    record.registeredAt ?? null,
    record.version,
    resources.cpu,
    resources.memoryMiB,
    resources.reservedPorts,
    resources.gpuIds,
    toJson(attributes),
    attributes[AVAILABILITY_ZONE_ATTRIBUTE] ?? null,
    registration.agentVersion,
    registration.agentHash,
    registration.dockerVersion,
    toJson(registration.tags),
  ]);
}
