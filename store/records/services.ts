/** Writes a service's row and its events. */
import { launchTypeOf } from '../../model/capacity-provider.ts';
import type { OwnerRecord } from '../../model/owner-record.ts';
import type { ServiceRecord } from '../../model/service.ts';
import type { Queries, Statement } from '../base/database.ts';
import { toJson } from '../base/storable.ts';
import { putDaemonClaim } from '../capacity/daemon-services.ts';
import { requireCluster } from '../resources/clusters.ts';
import { forgetOlderHistory } from './service-deployments.ts';

/** The number of events of a service that ECS shows and Longshore keeps. */
export const SERVICE_EVENT_LIMIT = 100;

// waiting_since keeps its time while the service continues to wait.
const SET = `version = n.version, status = n.status, launch_type = n.launch_type, doc = n.doc,
  scheduling_strategy = n.scheduling_strategy,
  waiting_since = CASE WHEN n.waiting THEN coalesce(s.waiting_since, now()) END,
  inactive_since = CASE WHEN n.status = 'INACTIVE' THEN coalesce(s.inactive_since, now()) END`;
const NEW = `(SELECT $1::text AS cluster, $2::text AS name, $3::text AS incarnation, $4::bigint AS version, $5::text AS status,
  $6::text AS launch_type, $7::text AS scheduling_strategy, $8::bigint AS created_at, $9::boolean AS waiting,
  $10::jsonb AS doc) n`;

const UPDATE: Statement = {
  name: 'services-update',
  text: `UPDATE services s SET ${SET} FROM ${NEW}
         WHERE s.cluster = n.cluster AND s.name = n.name AND s.incarnation = n.incarnation AND s.version < n.version`,
};

const INSERT = `
  INSERT INTO services AS s (cluster, name, incarnation, version, status, launch_type, scheduling_strategy, created_at,
    doc, tags, waiting_since, inactive_since)
  SELECT n.cluster, n.name, n.incarnation, n.version, n.status, n.launch_type, n.scheduling_strategy, n.created_at,
    n.doc, $11::jsonb, CASE WHEN n.waiting THEN now() END, CASE WHEN n.status = 'INACTIVE' THEN now() END FROM ${NEW}
  ON CONFLICT (cluster, name) DO UPDATE SET incarnation = excluded.incarnation, version = excluded.version,
    status = excluded.status, launch_type = excluded.launch_type, scheduling_strategy = excluded.scheduling_strategy,
    created_at = excluded.created_at, doc = excluded.doc, tags = excluded.tags,
    waiting_since = excluded.waiting_since, inactive_since = excluded.inactive_since
  WHERE s.incarnation <> excluded.incarnation AND s.status = 'INACTIVE' AND s.created_at <= excluded.created_at`;

/**
 * Writes the row unless a newer version of the same incarnation is there. Another incarnation is replaced only if it is
 * INACTIVE and older. Throws ClusterNotFoundException if the cluster of a new ACTIVE service is gone. Returns whether
 * the row was written.
 */
export async function putService(queries: Queries, record: ServiceRecord): Promise<boolean> {
  const { definition } = record;
  const { tags, ...untagged } = definition;
  const { daemonClaim, ...shown } = record;
  const values = [
    definition.clusterName,
    definition.serviceName,
    record.incarnation,
    record.version,
    record.status,
    launchTypeOf(definition),
    definition.schedulingStrategy,
    record.createdAt,
    record.waitingForCapacity,
    toJson({ ...shown, definition: untagged }),
  ];
  if ((await queries.run(UPDATE, values)) > 0) {
    const key = { cluster: definition.clusterName, name: definition.serviceName };
    if (daemonClaim) await putDaemonClaim(queries, key, daemonClaim);
    return true;
  }
  const [row] = await queries.rows<{ incarnation: string }>(
    'SELECT incarnation FROM services WHERE cluster = $1 AND name = $2',
    [definition.clusterName, definition.serviceName],
  );
  if (row?.incarnation === record.incarnation) return false;
  if (record.status === 'ACTIVE') await requireCluster(queries, definition.clusterName, 'FOR SHARE');
  if ((await queries.run(INSERT, [...values, toJson(tags)])) === 0) return false;
  const key = [definition.clusterName, definition.serviceName, record.incarnation] as const;
  await queries.run('DELETE FROM service_events WHERE cluster = $1 AND service = $2 AND incarnation <> $3', key);
  await forgetOlderHistory(queries, key);
  return true;
}

/** Adds the events that are not there yet, and removes all but the newest of the service's incarnation. */
export async function addServiceEvents(queries: Queries, writes: OwnerRecord): Promise<void> {
  if (!writes.service) throw new Error('A record has service events but no service.');
  const { definition, incarnation } = writes.service;
  const key = [definition.clusterName, definition.serviceName, incarnation];
  await queries.run(
    `INSERT INTO service_events (cluster, service, incarnation, id, created_at, message)
     SELECT $1, $2, $3, e.id, e.created_at, e.message
     FROM unnest($4::text[], $5::bigint[], $6::text[]) WITH ORDINALITY AS e (id, created_at, message, place) ORDER BY place
     ON CONFLICT DO NOTHING`,
    [
      ...key,
      writes.events.map((event) => event.id),
      writes.events.map((event) => event.createdAt),
      writes.events.map((event) => event.message),
    ],
  );
  await queries.run(
    `DELETE FROM service_events e WHERE cluster = $1 AND service = $2 AND incarnation = $3
       AND (created_at, seq) <= (SELECT created_at, seq FROM service_events
         WHERE cluster = $1 AND service = $2 AND incarnation = $3
         ORDER BY created_at DESC, seq DESC OFFSET $4 LIMIT 1)`,
    [...key, SERVICE_EVENT_LIMIT],
  );
}
