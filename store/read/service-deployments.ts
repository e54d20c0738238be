/** Reads the history of a service: its deployments and revisions. */
import type { ServiceDeployment, ServiceRevision } from '../../model/service-deployment.ts';
import type { Database } from '../base/database.ts';
import { pageOf } from '../base/page.ts';
import type { Page, PageRequest } from '../contract/page.ts';
import type { ServiceDeploymentFilter, ServiceHistoryStore } from '../contract/services.ts';

/** Excludes rows that an earlier service of the same name left behind. */
const PRESENT = `JOIN services s ON s.cluster = r.cluster AND s.name = r.service AND s.incarnation = r.incarnation`;

export function createServiceHistoryStore(db: Database): ServiceHistoryStore {
  const read = async <Doc>(table: string, key: readonly string[], ids: readonly string[]): Promise<readonly Doc[]> => {
    const rows = await db.rows<{ doc: Doc }>(
      `SELECT r.doc FROM ${table} r ${PRESENT} WHERE r.cluster = $1 AND r.service = $2 AND r.id = ANY($3) ORDER BY r.id`,
      [...key, ids],
    );
    return rows.map(({ doc }) => doc);
  };
  return {
    getServiceDeployments: ({ clusterName, serviceName }, ids) =>
      read<ServiceDeployment>('service_deployments', [clusterName, serviceName], ids),
    getServiceRevisions: ({ clusterName, serviceName }, ids) =>
      read<ServiceRevision>('service_revisions', [clusterName, serviceName], ids),
    listServiceDeployments: (filter, page) => listServiceDeployments(db, filter, page),
  };
}

/** The place of a service deployment in the list: `<createdAt>/<id>`. */
const keyOf = ({ createdAt, serviceDeploymentId }: ServiceDeployment): string => `${createdAt}/${serviceDeploymentId}`;

async function listServiceDeployments(
  db: Database,
  filter: ServiceDeploymentFilter,
  { limit, after }: PageRequest,
): Promise<Page<ServiceDeployment>> {
  const [createdAt = null, id = null] = after?.split('/') ?? [];
  const rows = await db.rows<{ doc: ServiceDeployment }>(
    `SELECT r.doc FROM service_deployments r ${PRESENT} WHERE r.cluster = $1 AND r.service = $2
       AND (cardinality($3::text[]) = 0 OR r.status = ANY($3))
       AND ($4::bigint IS NULL OR r.created_at > $4) AND ($5::bigint IS NULL OR r.created_at < $5)
       AND ($6::bigint IS NULL OR (r.created_at, r.id) < ($6, $7))
     ORDER BY r.created_at DESC, r.id DESC LIMIT $8`,
    [
      filter.clusterName,
      filter.serviceName,
      filter.statuses,
      filter.createdAfter ?? null,
      filter.createdBefore ?? null,
      createdAt,
      id,
      limit + 1,
    ],
  );
  return pageOf(
    rows.map(({ doc }) => doc),
    limit,
    keyOf,
  );
}
