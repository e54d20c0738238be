/**
 * Availability zones for rebalancing: which ones a cluster has now, and which services are spread unevenly over them.
 */
import { AVAILABILITY_ZONE_ATTRIBUTE } from '../../model/container-instance.ts';
import type { Database, Statement } from '../base/database.ts';
import type { ZoneStore } from '../contract/capacity.ts';

const ZONE = `coalesce(i.custom_attributes ->> '${AVAILABILITY_ZONE_ATTRIBUTE}', i.agent_attributes ->> '${AVAILABILITY_ZONE_ATTRIBUTE}')`;

const LIST: Statement = {
  name: 'zones-list',
  text: `SELECT DISTINCT ${ZONE} AS zone FROM container_instances i
         WHERE cluster = $1 AND status = 'ACTIVE' AND agent_connected AND ${ZONE} IS NOT NULL ORDER BY 1`,
};

/** Reads tasks only if there is more than one zone and a service asks for rebalancing. */
const UNBALANCED: Statement = {
  name: 'services-unbalanced',
  text: `
  WITH zones AS MATERIALIZED (
    SELECT DISTINCT ${ZONE} AS zone FROM container_instances i
    WHERE cluster = $1 AND status = 'ACTIVE' AND agent_connected AND ${ZONE} IS NOT NULL),
  candidates AS MATERIALIZED (
    SELECT name FROM services WHERE cluster = $1 AND status = 'ACTIVE' AND scheduling_strategy = 'REPLICA'
      AND doc -> 'definition' ->> 'availabilityZoneRebalancing' = 'ENABLED' AND (SELECT count(*) FROM zones) > 1),
  spread AS (
    SELECT t.service AS name, ${ZONE} AS zone, count(*) AS n
    FROM candidates c JOIN tasks t ON t.cluster = $1 AND t.service = c.name
      AND t.desired_status = 'RUNNING' AND t.last_status <> 'STOPPED'
      JOIN container_instances i ON i.id = t.instance_id GROUP BY 1, 2)
  SELECT c.name FROM candidates c CROSS JOIN zones z LEFT JOIN spread s ON s.name = c.name AND s.zone = z.zone
  GROUP BY c.name HAVING max(coalesce(s.n, 0)) - min(coalesce(s.n, 0)) > 1 ORDER BY c.name LIMIT $2`,
};

export const createZoneStore = (db: Database): ZoneStore => ({
  listZones: async (clusterName) => (await db.rows<{ zone: string }>(LIST, [clusterName])).map(({ zone }) => zone),
  listUnbalancedServices: async (clusterName, limit) =>
    (await db.rows<{ name: string }>(UNBALANCED, [clusterName, limit])).map(({ name }) => name),
});
