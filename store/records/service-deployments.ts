/** Writes and purges the history of a service: its deployments and revisions. */
import type { OwnerRecord } from '../../model/owner-record.ts';
import type { Database, Queries } from '../base/database.ts';
import { toJson } from '../base/storable.ts';

/** ECS keeps the history for 90 days. */
const KEPT_MS = 90 * 24 * 3_600_000;

/**
 * Writes what is new: deployments unless a newer version is there, revisions unless as many digests are already known.
 */
export async function putRollout(queries: Queries, { service, rollout }: OwnerRecord): Promise<void> {
  if (rollout === undefined) return;
  if (!service) throw new Error('A record has a rollout but no service.');
  const { definition, incarnation } = service;
  const key = [definition.clusterName, definition.serviceName, incarnation];
  for (const revision of rollout.serviceRevisions) {
    const resolved = revision.containerImages.filter(({ imageDigest }) => imageDigest !== undefined).length;
    await queries.run(
      `INSERT INTO service_revisions AS r (cluster, service, incarnation, id, created_at, resolved, doc)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (cluster, service, id) DO UPDATE SET resolved = excluded.resolved,
         doc = jsonb_set(r.doc, '{containerImages}', excluded.doc -> 'containerImages')
       WHERE r.resolved < excluded.resolved`,
      [...key, revision.revisionId, revision.createdAt, resolved, toJson(revision)],
    );
  }
  for (const deployment of rollout.serviceDeployments) {
    const { serviceDeploymentId, version, status, createdAt } = deployment;
    await queries.run(
      `INSERT INTO service_deployments AS r (cluster, service, incarnation, id, version, status, created_at, doc)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (cluster, service, id) DO UPDATE SET version = excluded.version, status = excluded.status,
         doc = excluded.doc
       WHERE r.version < excluded.version`,
      [...key, serviceDeploymentId, version, status, createdAt, toJson(deployment)],
    );
  }
}

/** Removes the history of other incarnations. */
export async function forgetOlderHistory(
  queries: Queries,
  key: readonly [cluster: string, service: string, incarnation: string],
): Promise<void> {
  for (const table of ['service_deployments', 'service_revisions'])
    await queries.run(`DELETE FROM ${table} WHERE cluster = $1 AND service = $2 AND incarnation <> $3`, key);
}

/** Removes history that is too old, unless it still counts, and all history of services that are gone. */
export async function purgeServiceHistory(db: Database, now: number): Promise<void> {
  const gone = `NOT EXISTS (SELECT FROM services s
    WHERE s.cluster = r.cluster AND s.name = r.service AND s.incarnation = r.incarnation)`;
  await db.run(
    `DELETE FROM service_deployments r WHERE ${gone} OR (created_at < $1
       AND NOT EXISTS (SELECT FROM services s WHERE s.cluster = r.cluster AND s.name = r.service
         AND s.doc -> 'serviceDeployments' @> jsonb_build_array(jsonb_build_object('serviceDeploymentId', r.id))))`,
    [now - KEPT_MS],
  );
  await db.run(
    `DELETE FROM service_revisions r WHERE ${gone} OR (created_at < $1
       AND NOT EXISTS (SELECT FROM service_deployments d WHERE d.cluster = r.cluster AND d.service = r.service
         AND (d.doc ->> 'targetRevisionId' = r.id OR d.doc -> 'sourceRevisionIds' ? r.id
           OR d.doc -> 'rollback' ->> 'revisionId' = r.id))
       AND NOT EXISTS (SELECT FROM services s WHERE s.cluster = r.cluster AND s.name = r.service
         AND s.doc -> 'deployments' @> jsonb_build_array(jsonb_build_object('serviceRevisionId', r.id))))`,
    [now - KEPT_MS],
  );
}
