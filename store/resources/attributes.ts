/** Attributes of container instances that users set. Those that the agent registers come with the instance's record. */
import type { CallCause } from '../../model/decision.ts';
import type { Attribute } from '../../model/container-instance.ts';
import { EcsError } from '../../model/errors.ts';
import { putCallDecision } from '../history/call-decisions.ts';
import { markForDaemons } from '../capacity/daemon-services.ts';
import type { Database, Queries } from '../base/database.ts';
import { toAttribute, toAttributeMap } from '../rows/instance-rows.ts';
import { pageOf } from '../base/page.ts';
import type { Page, PageRequest } from '../contract/page.ts';
import type { InstanceStore } from '../contract/instances.ts';
import { toJson } from '../base/storable.ts';

const CUSTOM_ATTRIBUTE_LIMIT = 10;

type AttributeMap = Readonly<Record<string, string>>;
type AttributeStore = Pick<InstanceStore, 'putAttributes' | 'deleteAttributes' | 'listAttributes'>;

export function createAttributeStore(db: Database): AttributeStore {
  return {
    putAttributes: (clusterName, instanceId, attributes, cause) =>
      db.transaction(async (queries) => {
        await put(queries, { clusterName, instanceId, cause }, attributes);
        await markForDaemons(queries, clusterName, instanceId);
      }),
    deleteAttributes: (clusterName, instanceId, attributes, cause) =>
      db.transaction(async (queries) => {
        const removed = await remove(queries, { clusterName, instanceId, cause }, attributes);
        await markForDaemons(queries, clusterName, instanceId);
        return removed;
      }),
    listAttributes: (filter, page) => list(db, filter, page),
  };
}

interface Target {
  readonly clusterName: string;
  readonly instanceId: string;
  readonly cause: CallCause | undefined;
}

async function lockTarget(queries: Queries, target: Target): Promise<{ agent: AttributeMap; custom: AttributeMap }> {
  const [row] = await queries.rows<{ agent: AttributeMap; custom: AttributeMap }>(
    `SELECT agent_attributes AS agent, custom_attributes AS custom FROM container_instances
     WHERE cluster = $1 AND id = $2 AND status <> 'INACTIVE' FOR NO KEY UPDATE`,
    [target.clusterName, target.instanceId],
  );
  if (!row) {
    throw new EcsError('TargetNotFoundException', `The specified target ${target.instanceId} could not be found.`);
  }
  return row;
}

async function put(queries: Queries, target: Target, attributes: readonly Attribute[]): Promise<void> {
  const { custom } = await lockTarget(queries, target);
  const merged = { ...custom, ...toAttributeMap(attributes) };
  if (Object.keys(merged).length > CUSTOM_ATTRIBUTE_LIMIT) {
    throw new EcsError(
      'AttributeLimitExceededException',
      `A container instance can have at most ${CUSTOM_ATTRIBUTE_LIMIT} custom attributes.`,
    );
  }
  await queries.run('UPDATE container_instances SET custom_attributes = $2 WHERE id = $1', [
    target.instanceId,
    toJson(merged),
  ]);
  await recordChange(queries, target, { before: custom, after: merged });
}

/** Records the attributes before and after the change. */
const recordChange = (
  queries: Queries,
  { clusterName, instanceId, cause }: Target,
  change: { readonly before: AttributeMap; readonly after: AttributeMap },
): Promise<void> =>
  putCallDecision(queries, { cause, reason: 'attributesSet', clusterName, containerInstanceId: instanceId, ...change });

/** Removes the attributes with these names, and with the given value if there is one. Returns them. */
async function remove(
  queries: Queries,
  target: Target,
  attributes: readonly Attribute[],
): Promise<readonly Attribute[]> {
  const { agent, custom } = await lockTarget(queries, target);
  const current = { ...agent, ...custom };
  const removed = attributes
    .filter(({ name, value }) => current[name] !== undefined && (value === undefined || current[name] === value))
    .map(({ name }) => name);
  await queries.run(
    `UPDATE container_instances SET custom_attributes = custom_attributes - $2::text[],
       agent_attributes = agent_attributes - $2::text[] WHERE id = $1`,
    [target.instanceId, removed],
  );
  const gone = new Set(removed);
  const after = Object.fromEntries(Object.entries(current).filter(([name]) => !gone.has(name)));
  await recordChange(queries, target, { before: current, after });
  return removed.map((name) => toAttribute([name, current[name] ?? '']));
}

interface AttributeRow {
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

/** In the order of instance and name; the page's key is `instance/name`. */
async function list(
  db: Database,
  filter: Parameters<InstanceStore['listAttributes']>[0],
  page: PageRequest,
): Promise<Page<{ readonly instanceId: string; readonly attribute: Attribute }>> {
  const cut = page.after?.indexOf('/') ?? -1;
  const rows = await db.rows<AttributeRow>(
    `SELECT i.id, a.key COLLATE "C" AS name, a.value FROM container_instances i,
       jsonb_each_text(i.agent_attributes || i.custom_attributes) a
     WHERE i.cluster = $1 AND i.status <> 'INACTIVE' AND i.id >= $4
       AND ($2::text IS NULL OR a.key = $2) AND ($3::text IS NULL OR a.value = $3)
       AND (i.id, a.key COLLATE "C") > ($4, $5)
     ORDER BY i.id, a.key COLLATE "C" LIMIT $6`,
    [
      filter.clusterName,
      filter.name ?? null,
      filter.value ?? null,
      page.after?.slice(0, cut) ?? '',
      page.after?.slice(cut + 1) ?? '',
      page.limit + 1,
    ],
  );
  const found = pageOf(rows, page.limit, (row) => `${row.id}/${row.name}`);
  const items = found.items.map((row) => ({ instanceId: row.id, attribute: toAttribute([row.name, row.value]) }));
  return { ...found, items };
}
