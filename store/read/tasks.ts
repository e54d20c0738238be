/** Reads tasks, and removes those that stopped long ago. */
import type { Partition } from '../../model/arn.ts';
import type { Database, Statement } from '../base/database.ts';
import { pageOf } from '../base/page.ts';
import type { Page, PageRequest } from '../contract/page.ts';
import { purge } from '../records/retention.ts';
import { getRunTaskRequest } from '../capacity/run-task-requests.ts';
import { TASK_COLUMNS, type TaskRow, toTask } from '../rows/task-rows.ts';
import type { TaskFilter, TaskStore } from '../contract/tasks.ts';

const GET: Statement = {
  name: 'tasks-get',
  text: `
    SELECT t.spec, t.state, t.tags, i.agent_connected FROM tasks t LEFT JOIN container_instances i ON i.id = t.instance_id
    WHERE t.id = ANY($2) AND t.cluster = $1 ORDER BY t.id`,
};
const FIND: Statement = { name: 'tasks-find', text: `SELECT ${TASK_COLUMNS} FROM tasks WHERE id = $1` };
const ON_INSTANCE: Statement = {
  name: 'tasks-on-instance',
  text: `SELECT ${TASK_COLUMNS} FROM tasks WHERE instance_id = $1 AND last_status <> 'STOPPED' ORDER BY id`,
};

export function createTaskStore(
  db: Database,
  partition: Partition,
): TaskStore & { listInstanceTasks(containerInstanceId: string): Promise<readonly ReturnType<typeof toTask>[]> } {
  return {
    getTasks: async (clusterName, taskIds) =>
      (await db.rows<TaskRow & { readonly agent_connected: boolean | null }>(GET, [clusterName, taskIds])).map(
        (row) => ({
          ...toTask(row),
          ...(row.agent_connected === false ? { agentConnected: false } : {}),
        }),
      ),
    listTasks: (filter, page) => listTasks(db, filter, page),
    findTask: async (taskId) => {
      const [row] = await db.rows<TaskRow>(FIND, [taskId]);
      return row && toTask(row);
    },
    listInstanceTasks: async (instanceId) => (await db.rows<TaskRow>(ON_INSTANCE, [instanceId])).map(toTask),
    getRunTaskRequest: (clusterName, clientToken, now) => getRunTaskRequest(db, { clusterName, clientToken, now }),
    purgeStoppedTasks: (stoppedBefore) => purge(db, partition, stoppedBefore),
  };
}

/** The column for each member of the filter. */
const FILTER_COLUMNS = {
  desiredStatus: 'desired_status',
  family: 'family',
  serviceName: 'service',
  startedBy: 'started_by',
  containerInstanceId: 'instance_id',
  launchType: 'launch_type',
} as const satisfies Partial<Record<keyof TaskFilter, string>>;

async function listTasks(db: Database, filter: TaskFilter, page: PageRequest): Promise<Page<string>> {
  const conditions = ['cluster = $1', 'id > $2'];
  const values: unknown[] = [filter.clusterName, page.after ?? '', page.limit + 1];
  for (const [member, column] of Object.entries(FILTER_COLUMNS)) {
    const wanted = filter[member as keyof typeof FILTER_COLUMNS];
    if (wanted === undefined) continue;
    values.push(wanted);
    conditions.push(`${column} = $${values.length}`);
  }
  // The text has only the requested conditions, so that Postgres finds the right index.
  const text = `SELECT id FROM tasks WHERE ${conditions.join(' AND ')} ORDER BY id LIMIT $3`;
  const rows = await db.rows<{ id: string }>(text, values);
  return pageOf(
    rows.map((row) => row.id),
    page.limit,
    (id) => id,
  );
}
