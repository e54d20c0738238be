/** Task definitions and their families. */
import { taskDefinitionArn } from '../../model/arn.ts';
import type { Partition } from '../../model/arn.ts';
import type { TaskDefinition, TaskDefinitionRecord } from '../../model/task-definition.ts';
import type { Database, Queries, Statement } from '../base/database.ts';
import { pageOf } from '../base/page.ts';
import type { Page, PageRequest } from '../contract/page.ts';
import type { TaskDefinitionStore } from '../contract/task-definitions.ts';
import { toJson } from '../base/storable.ts';

interface DefinitionRow {
  readonly doc: TaskDefinition;
  readonly tags: TaskDefinitionRecord['tags'];
}

const toRecord = (row: DefinitionRow): TaskDefinitionRecord => ({ definition: row.doc, tags: row.tags });

const GET: Statement = {
  name: 'definition-get',
  text: 'SELECT doc, tags FROM task_definitions WHERE family = $1 AND revision = $2',
};
const GET_LATEST: Statement = {
  name: 'definition-latest',
  text: `SELECT doc, tags FROM task_definitions WHERE family = $1 AND status = 'ACTIVE' ORDER BY revision DESC LIMIT 1`,
};

export function createTaskDefinitionStore(db: Database, partition: Partition): TaskDefinitionStore {
  return {
    registerTaskDefinition: (family, build, tags) =>
      db.transaction(async (queries) => {
        const definition = build(await nextRevision(queries, family));
        await queries.run(
          'INSERT INTO task_definitions (family, revision, status, doc, tags) VALUES ($1, $2, $3, $4, $5)',
          [family, definition.revision, definition.status ?? 'ACTIVE', toJson(definition), toJson(tags)],
        );
        return { definition, tags };
      }),
    getTaskDefinition: async (family, revision) => {
      const [row] =
        revision === undefined
          ? await db.rows<DefinitionRow>(GET_LATEST, [family])
          : await db.rows<DefinitionRow>(GET, [family, revision]);
      return row && toRecord(row);
    },
    listTaskDefinitions: (filter, page) => listTaskDefinitions(db, filter, page),
    listFamilies: (filter, page) => listFamilies(db, filter, page),
    deregisterTaskDefinition: (family, revision, at) =>
      changeStatus(db, { family, revision, from: 'ACTIVE', members: { status: 'INACTIVE', deregisteredAt: at } }),
    deleteTaskDefinition: async (family, revision, at) => {
      const members = { status: 'DELETE_IN_PROGRESS', deleteRequestedAt: at } as const;
      const record = await changeStatus(db, { family, revision, from: 'INACTIVE', members });
      if (record) await removeDeletedDefinitions(db, partition);
      return record;
    },
  };
}

/** The row lock on the family makes concurrent registrations take turns. */
async function nextRevision(queries: Queries, family: string): Promise<number> {
  const [row] = await queries.rows<{ last_revision: number }>(
    `INSERT INTO task_definition_families AS f (family, last_revision) VALUES ($1, 1)
     ON CONFLICT (family) DO UPDATE SET last_revision = f.last_revision + 1 RETURNING last_revision`,
    [family],
  );
  return row?.last_revision ?? 1;
}

async function listTaskDefinitions(
  db: Database,
  filter: Parameters<TaskDefinitionStore['listTaskDefinitions']>[0],
  page: PageRequest,
): Promise<Page<{ readonly family: string; readonly revision: number }>> {
  const [order, beyond] = filter.sort === 'ASC' ? ['ASC', '>'] : ['DESC', '<'];
  const cut = page.after?.lastIndexOf(':') ?? -1;
  const rows = await db.rows<{ family: string; revision: number }>(
    `SELECT family, revision FROM task_definitions
     WHERE status = $1 AND ($2::text IS NULL OR family = $2)
       AND ($3::text IS NULL OR (family, revision) ${beyond} ($3, $4::integer))
     ORDER BY family ${order}, revision ${order} LIMIT $5`,
    [
      filter.status,
      filter.family ?? null,
      page.after === undefined ? null : page.after.slice(0, cut),
      page.after === undefined ? null : Number(page.after.slice(cut + 1)),
      page.limit + 1,
    ],
  );
  return pageOf(rows, page.limit, (row) => `${row.family}:${row.revision}`);
}

async function listFamilies(
  db: Database,
  filter: Parameters<TaskDefinitionStore['listFamilies']>[0],
  page: PageRequest,
): Promise<Page<string>> {
  // A family is ACTIVE while one of its revisions is. Revisions in use are there even if they are being deleted.
  const rows = await db.rows<{ family: string }>(
    `SELECT family FROM task_definitions
     WHERE family > $1 AND starts_with(family, $2)
     GROUP BY family
     HAVING $3 = 'ALL' OR bool_or(status = 'ACTIVE') = ($3 = 'ACTIVE')
     ORDER BY family LIMIT $4`,
    [page.after ?? '', filter.prefix ?? '', filter.status, page.limit + 1],
  );
  return pageOf(
    rows.map((row) => row.family),
    page.limit,
    (family) => family,
  );
}

interface StatusChange {
  readonly family: string;
  readonly revision: number;
  /** A definition with any other status stays as it is. */
  readonly from: string;
  readonly members: Partial<TaskDefinition>;
}

async function changeStatus(db: Database, change: StatusChange): Promise<TaskDefinitionRecord | undefined> {
  const { family, revision, from, members } = change;
  await db.run(
    `UPDATE task_definitions SET status = $4, doc = (doc::jsonb || $5::jsonb)::json
     WHERE family = $1 AND revision = $2 AND status = $3`,
    [family, revision, from, members.status, toJson(members)],
  );
  const [row] = await db.rows<DefinitionRow>(GET, [family, revision]);
  return row && toRecord(row);
}

/** Removes definitions in DELETE_IN_PROGRESS that no live task and no deployment refers to any more. */
export async function removeDeletedDefinitions(queries: Queries, partition: Partition): Promise<void> {
  await queries.run(
    `DELETE FROM task_definitions d WHERE status = 'DELETE_IN_PROGRESS'
       AND NOT EXISTS (SELECT FROM tasks t
         WHERE t.family = d.family AND t.revision = d.revision AND t.last_status <> 'STOPPED')
       AND NOT EXISTS (SELECT FROM services s WHERE s.status <> 'INACTIVE' AND s.doc -> 'deployments' @>
         jsonb_build_array(jsonb_build_object('taskDefinitionArn', $1 || d.family || ':' || d.revision)))`,
    [arnPrefix(partition)],
  );
}

const arnPrefix = (partition: Partition): string => taskDefinitionArn(partition, '', 0).slice(0, -':0'.length);
