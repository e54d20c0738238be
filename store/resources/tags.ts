/** Tags of every kind of resource, by ARN. */
import type { Tag } from '@aws-sdk/client-ecs';
import { type ParsedArn, type Partition, parseArn, parseTaskDefinitionRef } from '../../model/arn.ts';
import { EcsError } from '../../model/errors.ts';
import type { Database, Queries } from '../base/database.ts';
import { DESCRIBABLE_WHEN_INACTIVE } from '../rows/inactive.ts';
import type { TagStore } from '../contract/tags.ts';
import { toJson } from '../base/storable.ts';

const TAG_LIMIT = 50;

/** The table and row of a resource. The condition's parameters start at $1. */
interface Place {
  readonly table: string;
  readonly condition: string;
  readonly values: readonly unknown[];
}

export function createTagStore(db: Database, partition: Partition): TagStore {
  return {
    listTags: async (arn) => {
      const place = findPlace(arn, partition);
      return place && readTags(db, place);
    },
    changeTags: async (arn, change) => {
      const place = findPlace(arn, partition);
      if (!place) return false;
      return db.transaction(async (queries) => {
        const tags = await readTags(queries, place, 'FOR NO KEY UPDATE');
        if (!tags) return false;
        const next = merge(tags, change);
        await queries.run(`UPDATE ${place.table} SET tags = $${place.values.length + 1} WHERE ${place.condition}`, [
          ...place.values,
          toJson(next),
        ]);
        return true;
      });
    },
  };
}

function findPlace(arn: string, partition: Partition): Place | undefined {
  const parsed = parseArn(arn);
  if (parsed?.account !== partition.account || parsed.region !== partition.region) return undefined;
  return placeOf(parsed, arn);
}

function placeOf({ type, path }: ParsedArn, arn: string): Place | undefined {
  const describable = `(status <> 'INACTIVE' OR inactive_since > now() - ${DESCRIBABLE_WHEN_INACTIVE})`;
  const twoPart = (table: string, condition: string): Place | undefined =>
    path.length === 2 ? { table, condition: `cluster = $1 AND ${condition}`, values: path } : undefined;
  switch (type) {
    case 'cluster':
      return path.length === 1 ? { table: 'clusters', condition: 'name = $1', values: path } : undefined;
    case 'capacity-provider': {
      const condition = "name = $1 AND status = 'ACTIVE'";
      return path.length === 1 ? { table: 'capacity_providers', condition, values: path } : undefined;
    }
    case 'service':
      return twoPart('services', `name = $2 AND ${describable}`);
    case 'task':
      return twoPart('tasks', 'id = $2');
    case 'container-instance':
      return twoPart('container_instances', `id = $2 AND ${describable}`);
    case 'task-definition': {
      const reference = parseTaskDefinitionRef(arn);
      if (reference?.revision === undefined) return undefined;
      return {
        table: 'task_definitions',
        condition: 'family = $1 AND revision = $2',
        values: [reference.family, reference.revision],
      };
    }
    default:
      return undefined;
  }
}

async function readTags(queries: Queries, place: Place, lock = ''): Promise<readonly Tag[] | undefined> {
  const [row] = await queries.rows<{ tags: readonly Tag[] }>(
    `SELECT tags FROM ${place.table} WHERE ${place.condition} ${lock}`,
    place.values,
  );
  return row?.tags;
}

function merge(tags: readonly Tag[], change: Parameters<TagStore['changeTags']>[1]): readonly Tag[] {
  const byKey = new Map([...tags, ...change.set].map((tag) => [tag.key, tag]));
  for (const key of change.remove) byKey.delete(key);
  // Tags that ECS itself manages do not count.
  const own = [...byKey.keys()].filter((key) => key?.startsWith('aws:') !== true);
  if (own.length > TAG_LIMIT) {
    throw new EcsError(
      'InvalidParameterException',
      `The number of tags exceeds the limit of ${TAG_LIMIT} per resource.`,
    );
  }
  return [...byKey.values()];
}
