/** What the store forgets, and when. */
import type { Partition } from '../model/arn.ts';
import type { EpochMs } from '../model/time.ts';
import type { Database } from './database.ts';
import { TOKEN_LIFETIME_MS } from './run-task-requests.ts';
import { removeDeletedDefinitions } from './task-definitions.ts';

/** INACTIVE services and container instances can be described for this long. */
export const DESCRIBABLE_WHEN_INACTIVE = "interval '1 hour'";
/** They are removed later than that, so that nobody who just found one meets a gap. */
const REMOVED_WHEN_INACTIVE = "interval '1 day'";

/** Removes STOPPED tasks of before that time, and with them all that is past being described. Returns the number of tasks. */
export async function purge(db: Database, partition: Partition, stoppedBefore: EpochMs): Promise<number> {
  const tasks = await db.run("DELETE FROM tasks WHERE last_status = 'STOPPED' AND stopped_at < $1", [stoppedBefore]);
  await db.run('DELETE FROM run_task_requests WHERE created_at < $1', [stoppedBefore - TOKEN_LIFETIME_MS]);
  await db.run(
    `WITH gone AS (
       DELETE FROM services WHERE status = 'INACTIVE' AND inactive_since < now() - ${REMOVED_WHEN_INACTIVE}
       RETURNING cluster, name)
     DELETE FROM service_events e USING gone WHERE e.cluster = gone.cluster AND e.service = gone.name`,
  );
  await db.run(
    `DELETE FROM container_instances i WHERE status = 'INACTIVE' AND inactive_since < now() - ${REMOVED_WHEN_INACTIVE}
       AND NOT EXISTS (SELECT FROM tasks t WHERE t.instance_id = i.id)`,
  );
  await removeDeletedDefinitions(db, partition);
  return tasks;
}
