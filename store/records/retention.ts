/** What the store removes, and when. */
import type { Partition } from '../../model/arn.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Database } from '../base/database.ts';
import { TOKEN_LIFETIME_MS } from '../capacity/run-task-requests.ts';
import { REMOVED_WHEN_INACTIVE } from '../rows/inactive.ts';
import { purgeServiceHistory } from './service-deployments.ts';
import { removeDeletedDefinitions } from '../resources/task-definitions.ts';

const IS_LONG_GONE = `status = 'INACTIVE' AND inactive_since < now() - ${REMOVED_WHEN_INACTIVE}`;

/** Events outlive the row that they are about: what they take from it is set aside. */
const HAS_EVENTS = 'EXISTS (SELECT FROM ecs_events e WHERE e.resource = gone.id)';

/**
 * Removes tasks that were STOPPED before that time, and everything else that can no longer be described. Returns the
 * number of tasks.
 */
export async function purge(db: Database, partition: Partition, stoppedBefore: EpochMs): Promise<number> {
  const [counted] = await db.rows<{ tasks: number }>(
    `WITH gone AS (DELETE FROM tasks WHERE last_status = 'STOPPED' AND stopped_at < $1 RETURNING id, spec),
       kept AS (INSERT INTO ecs_event_specs (id, spec) SELECT id, spec FROM gone WHERE ${HAS_EVENTS})
     SELECT count(*) AS tasks FROM gone`,
    [stoppedBefore],
  );
  await db.run('DELETE FROM run_task_requests WHERE created_at < $1', [stoppedBefore - TOKEN_LIFETIME_MS]);
  await db.run(
    `WITH gone AS (
       DELETE FROM services WHERE ${IS_LONG_GONE}
       RETURNING cluster, name)
     DELETE FROM service_events e USING gone WHERE e.cluster = gone.cluster AND e.service = gone.name`,
  );
  await db.run(
    `WITH gone AS (
       DELETE FROM container_instances i
       WHERE ${IS_LONG_GONE}
         AND NOT EXISTS (SELECT FROM tasks t WHERE t.instance_id = i.id)
       RETURNING id, agent_attributes || custom_attributes AS attributes)
     INSERT INTO ecs_event_specs (id, spec) SELECT id, attributes FROM gone WHERE ${HAS_EVENTS} ON CONFLICT DO NOTHING`,
  );
  await db.run(
    `DELETE FROM clusters c WHERE ${IS_LONG_GONE}
       AND NOT EXISTS (SELECT FROM tasks t WHERE t.cluster = c.name)
       AND NOT EXISTS (SELECT FROM services s WHERE s.cluster = c.name)
       AND NOT EXISTS (SELECT FROM container_instances i WHERE i.cluster = c.name)`,
  );
  await db.run(`DELETE FROM capacity_providers WHERE ${IS_LONG_GONE}`);
  await purgeServiceHistory(db, Date.now());
  await removeDeletedDefinitions(db, partition);
  return counted?.tasks ?? 0;
}
