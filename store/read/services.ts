/** Reads services and their events. */
import type { ServiceEvent, ServiceRecord } from '../../model/service.ts';
import type { Database, Statement } from '../base/database.ts';
import { pageOf } from '../base/page.ts';
import type { Page, PageRequest } from '../contract/page.ts';
import type { ServiceStore } from '../contract/services.ts';
import { SERVICE_EVENT_LIMIT } from '../records/services.ts';
import { DESCRIBABLE_WHEN_INACTIVE } from '../rows/inactive.ts';

export interface ServiceRow {
  readonly doc: ServiceRecord;
  readonly tags: ServiceRecord['definition']['tags'];
}

export const toRecord = ({ doc, tags }: ServiceRow): ServiceRecord => ({
  ...doc,
  definition: { ...doc.definition, tags },
});

const GET: Statement = {
  name: 'services-get',
  text: `SELECT doc, tags FROM services WHERE cluster = $1 AND name = ANY($2)
         AND (status <> 'INACTIVE' OR inactive_since > now() - ${DESCRIBABLE_WHEN_INACTIVE}) ORDER BY name`,
};

export function createServiceStore(
  db: Database,
): ServiceStore & { listWaitingServices(clusterName: string, limit: number): Promise<readonly string[]> } {
  return {
    getServices: async (clusterName, names) => (await db.rows<ServiceRow>(GET, [clusterName, names])).map(toRecord),
    getServiceEvents: async (clusterName, serviceName, incarnation) => {
      const rows = await db.rows<{ id: string; created_at: number; message: string }>(
        `SELECT id, created_at, message FROM service_events WHERE cluster = $1 AND service = $2 AND incarnation = $3
         ORDER BY created_at DESC, seq DESC LIMIT $4`,
        [clusterName, serviceName, incarnation, SERVICE_EVENT_LIMIT],
      );
      return rows.map((row): ServiceEvent => ({ id: row.id, createdAt: row.created_at, message: row.message }));
    },
    listServices: (filter, page) => listServices(db, filter, page),
    listWaitingServices: async (clusterName, limit) => {
      const rows = await db.rows<{ name: string }>(
        `SELECT name FROM services WHERE cluster = $1 AND waiting_since IS NOT NULL AND status = 'ACTIVE'
         ORDER BY waiting_since, name LIMIT $2`,
        [clusterName, limit],
      );
      return rows.map((row) => row.name);
    },
  };
}

async function listServices(
  db: Database,
  filter: Parameters<ServiceStore['listServices']>[0],
  page: PageRequest,
): Promise<Page<string>> {
  const rows = await db.rows<{ name: string }>(
    `SELECT name FROM services WHERE cluster = $1 AND status = 'ACTIVE' AND name > $2
       AND ($3::text IS NULL OR launch_type = $3) AND ($4::text IS NULL OR scheduling_strategy = $4)
     ORDER BY name LIMIT $5`,
    [
      filter.clusterName,
      page.after ?? '',
      filter.launchType ?? null,
      filter.schedulingStrategy ?? null,
      page.limit + 1,
    ],
  );
  return pageOf(
    rows.map((row) => row.name),
    page.limit,
    (name) => name,
  );
}
