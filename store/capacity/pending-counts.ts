/**
 * A service's row counts its new tasks in the transaction that creates them. The owner writes the row next, with its
 * own counts. Until then, or for longer if the owner's workflow task is lost, the row would otherwise deny tasks that
 * Describe and List show.
 */
import type { Task } from '../../model/task.ts';
import type { Queries, Statement } from '../base/database.ts';

/** The version does not change: it belongs to the owner, whose next write replaces this. */
const ADD: Statement = {
  name: 'services-add-pending',
  text: `UPDATE services s SET doc = s.doc || jsonb_build_object(
           'pendingCount', (s.doc ->> 'pendingCount')::integer + $4::integer,
           'deployments', (
             SELECT jsonb_agg(CASE WHEN d ->> 'deploymentId' = $3 THEN d || jsonb_build_object(
               'pendingCount', (d ->> 'pendingCount')::integer + $4::integer) ELSE d END ORDER BY place)
             FROM jsonb_array_elements(s.doc -> 'deployments') WITH ORDINALITY AS e (d, place)))
         WHERE s.cluster = $1 AND s.name = $2
           AND s.doc -> 'deployments' @> jsonb_build_array(jsonb_build_object('deploymentId', $3::text))`,
};

interface Group {
  readonly clusterName: string;
  readonly serviceName: string;
  readonly deploymentId: string;
  count: number;
}

/** `tasks` are new, and none of them is RUNNING yet. */
export async function addPending(queries: Queries, tasks: readonly Task[]): Promise<void> {
  for (const { clusterName, serviceName, deploymentId, count } of byDeployment(tasks))
    await queries.run(ADD, [clusterName, serviceName, deploymentId, count]);
}

function byDeployment(tasks: readonly Task[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const { clusterName, serviceName, startedBy: deploymentId } of tasks) {
    if (serviceName === undefined || deploymentId === undefined) continue;
    const key = JSON.stringify([clusterName, serviceName, deploymentId]);
    const group = groups.get(key) ?? { clusterName, serviceName, deploymentId, count: 0 };
    group.count += 1;
    groups.set(key, group);
  }
  return groups.values();
}
