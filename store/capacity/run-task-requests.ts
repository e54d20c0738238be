/** Answers to RunTask calls, kept for their clientTokens. */
import type { RunTaskAnswer, RunTaskRequestRecord } from '../../model/reservation.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Queries } from '../base/database.ts';
import { toJson } from '../base/storable.ts';

const HOUR_MS = 3_600_000;
/** ECS keeps a token for a day at most, … */
export const TOKEN_LIFETIME_MS = 24 * HOUR_MS;
/** … and for an hour after the last of its tasks has stopped. */
const TOKEN_AFTERLIFE_MS = HOUR_MS;

interface RequestRow {
  readonly digest: string;
  readonly task_ids: readonly string[];
  readonly failures: RunTaskAnswer['failures'];
}

/** The request with that token, unless its time is over. */
export async function getRunTaskRequest(
  queries: Queries,
  key: { readonly clusterName: string; readonly clientToken: string; readonly now: EpochMs },
): Promise<RunTaskAnswer | undefined> {
  const [row] = await queries.rows<RequestRow>(
    `SELECT digest, task_ids, failures FROM run_task_requests r
     WHERE cluster = $1 AND client_token = $2 AND created_at > $3::bigint - $4::bigint
       AND (created_at > $3::bigint - $5::bigint OR EXISTS (SELECT FROM tasks t
         WHERE t.id = ANY(r.task_ids) AND (t.stopped_at IS NULL OR t.stopped_at > $3::bigint - $5::bigint)))`,
    [key.clusterName, key.clientToken, key.now, TOKEN_LIFETIME_MS, TOKEN_AFTERLIFE_MS],
  );
  return row && { digest: row.digest, taskIds: row.task_ids, failures: row.failures };
}

/** Only the run's owner writes it, so the last write is the right one. */
export async function putRunTaskRequest(queries: Queries, request: RunTaskRequestRecord): Promise<void> {
  await queries.run(
    `INSERT INTO run_task_requests (cluster, client_token, digest, task_ids, failures, created_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (cluster, client_token) DO UPDATE SET digest = excluded.digest, task_ids = excluded.task_ids,
       failures = excluded.failures, created_at = excluded.created_at`,
    [
      request.clusterName,
      request.clientToken,
      request.digest,
      request.taskIds,
      toJson(request.failures),
      request.createdAt,
    ],
  );
}
