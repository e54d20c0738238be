/** Decisions of owners: written once by id, and found by everything they name. */
import type { DecidedTask, Decision } from '../../model/decision.ts';
import { decisionKind } from '../../model/decision.ts';
import type { Database, Queries, Statement } from '../base/database.ts';
import type { DecisionFilter, DecisionStore } from '../contract/decisions.ts';
import { toJson } from '../base/storable.ts';

const unique = (ids: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(ids.filter((id) => id !== undefined && id !== ''))] as readonly string[];

const tasksOf = ({ tasks }: Decision): readonly string[] =>
  unique(tasks.flatMap(({ taskId, replaces }) => [taskId, replaces]));

/** The instances of its tasks, those that it concerns, and the one that a refused placement names. */
const instancesOf = ({ tasks, containerInstanceIds = [], placement }: Decision): readonly string[] =>
  unique([
    ...tasks.map(({ containerInstanceId }) => containerInstanceId),
    ...containerInstanceIds,
    placement?.nearest?.containerInstanceId,
    ...(placement?.refused ?? []).flatMap(({ some }) => some),
  ]);

const PUT: Statement = {
  name: 'decisions-put',
  text: `INSERT INTO decisions AS d (id, cluster, kind, service, deployment, at, last_at, times, tasks, instances, doc)
         SELECT id, cluster, kind, service, deployment, at, last_at, times, tasks, instances, doc
         FROM json_to_recordset($1) AS n (id text, cluster text, kind text, service text, deployment text,
           at bigint, last_at bigint, times integer, tasks text[], instances text[], doc json)
         ON CONFLICT (id) DO UPDATE SET last_at = excluded.last_at, times = excluded.times, doc = excluded.doc
         WHERE d.times < excluded.times`,
};

/** Adds decisions that are not there yet. A repeated decision replaces its row, but never a newer one. */
export async function putDecisions(queries: Queries, decisions: readonly Decision[]): Promise<void> {
  if (decisions.length === 0) return;
  const rows = decisions.map((decision) => ({
    id: decision.id,
    cluster: decision.clusterName,
    kind: decisionKind(decision),
    service: decision.serviceName,
    deployment: decision.deploymentId,
    at: decision.at,
    last_at: decision.lastAt,
    times: decision.count,
    tasks: tasksOf(decision),
    instances: instancesOf(decision),
    doc: decision,
  }));
  await queries.run(PUT, [toJson(rows)]);
}

/** The decision with only those of its tasks that are kept by `became`; none if it concerned only others. */
export function withTasks(decision: Decision, became: (task: DecidedTask) => boolean): readonly Decision[] {
  if (decision.tasks.length === 0) return [decision];
  const tasks = decision.tasks.filter(became);
  return tasks.length === 0 ? [] : [{ ...decision, tasks }];
}

async function listDecisions(db: Database, filter: DecisionFilter, limit: number): Promise<readonly Decision[]> {
  const conditions = ['cluster = $1'];
  const values: unknown[] = [filter.clusterName, limit];
  const where = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  where((p) => `tasks @> ARRAY[${p}::text]`, filter.taskId);
  where((p) => `instances @> ARRAY[${p}::text]`, filter.containerInstanceId);
  where((p) => `service = ${p}`, filter.serviceName);
  where((p) => `deployment = ${p}`, filter.deploymentId);
  if (filter.ofCluster === true) conditions.push(`service IS NULL AND kind = 'call'`);
  where((p) => `kind = ANY (${p}::text[])`, filter.kinds);
  where((p) => `at <= ${p}`, filter.until);
  const order = filter.fromFirst === true ? 'at, seq' : 'at DESC, seq DESC';
  const rows = await db.rows<{ doc: Decision }>(
    `SELECT doc FROM decisions WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT $2`,
    values,
  );
  const found = rows.map(({ doc }) => doc);
  return filter.fromFirst === true ? found : found.reverse();
}

/**
 * These stay however old they are: decisions that name an existing task; the registration of an existing instance; for
 * an existing service, the last call and the calls that its deployments come from; the last call about a cluster.
 * Without them, a long life would have no beginning.
 */
const PURGE = `
  DELETE FROM decisions d WHERE last_at < $1
    AND NOT EXISTS (SELECT FROM tasks t WHERE t.id = ANY (d.tasks))
    AND NOT (d.doc #>> '{reasons,0,reason}' = 'registered'
      AND EXISTS (SELECT FROM container_instances i WHERE i.id = ANY (d.instances) AND i.status <> 'INACTIVE'))
    AND NOT (d.kind = 'call' AND d.service IS NOT NULL AND EXISTS (
      SELECT FROM services s WHERE s.cluster = d.cluster AND s.name = d.service AND s.status <> 'INACTIVE'
        AND (s.doc -> 'deployments' @> jsonb_build_array(jsonb_build_object('deploymentId', d.deployment))
          OR NOT EXISTS (SELECT FROM decisions later WHERE later.cluster = d.cluster AND later.service = d.service
            AND later.kind = 'call' AND (later.at, later.seq) > (d.at, d.seq)))))
    AND NOT (d.kind = 'call' AND d.service IS NULL AND NOT EXISTS (
      SELECT FROM decisions later WHERE later.cluster = d.cluster AND later.service IS NULL AND later.kind = 'call'
        AND (later.at, later.seq) > (d.at, d.seq)))`;

/** Where ids of each kind are looked up: in the rows of what exists, and in decisions. */
const BY_PREFIX = {
  task: 'SELECT id FROM tasks WHERE cluster = $1 AND id >= $2 AND id < $3 ORDER BY id LIMIT $4',
  instance: 'SELECT id FROM container_instances WHERE cluster = $1 AND id >= $2 AND id < $3 ORDER BY id LIMIT $4',
  deployment:
    'SELECT DISTINCT deployment AS id FROM decisions WHERE cluster = $1 AND deployment >= $2 AND deployment < $3 ORDER BY 1 LIMIT $4',
} as const;

/** Sorts after everything that begins with the prefix, because ids are ASCII. */
const endOf = (prefix: string): string => `${prefix}\u{7f}`;

export function createDecisionStore(db: Database): DecisionStore {
  return {
    listDecisions: (filter, limit) => listDecisions(db, filter, limit),
    purgeDecisions: (before) => db.run(PURGE, [before]),
    findByPrefix: async (kind, { clusterName, prefix, limit }) => {
      const rows = await db.rows<{ id: string }>(BY_PREFIX[kind], [clusterName, prefix, endOf(prefix), limit]);
      return rows.map(({ id }) => id);
    },
  };
}
