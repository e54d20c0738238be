/** Tags that tasks take from their service or task definition, as they are when the tasks are reserved. */
import type { Tag } from '@aws-sdk/client-ecs';
import type { Task } from '../../model/task.ts';
import type { Queries } from '../base/database.ts';

/** The tasks with the tags that the rows have now. If a row is gone, its tasks keep the tags that they came with. */
export async function withCurrentTags(queries: Queries, tasks: readonly Task[]): Promise<readonly Task[]> {
  if (tasks.every((task) => task.propagateTags === undefined)) return tasks;
  const ofServices = await tagsOfServices(queries, tasks);
  const ofDefinitions = await tagsOfDefinitions(queries, tasks);
  return tasks.map((task) => {
    const current = {
      NONE: undefined,
      SERVICE: ofServices.get(serviceKey(task.clusterName, task.serviceName ?? '')),
      TASK_DEFINITION: ofDefinitions.get(definitionKey(task.family, task.revision)),
    }[task.propagateTags ?? 'NONE'];
    return current === undefined ? task : { ...task, tags: [...current, ...task.tags.filter(isManaged)] };
  });
}

/** Tags that ECS itself manages. */
const isManaged = ({ key }: Tag): boolean => key?.startsWith('aws:ecs:') === true;

const serviceKey = (cluster: string, name: string): string => `${cluster}/${name}`;
const definitionKey = (family: string, revision: number): string => `${family}:${revision}`;

async function tagsOfServices(queries: Queries, tasks: readonly Task[]): Promise<Map<string, readonly Tag[]>> {
  const asked = tasks.filter(({ propagateTags }) => propagateTags === 'SERVICE');
  if (asked.length === 0) return new Map();
  const rows = await queries.rows<{ cluster: string; name: string; tags: readonly Tag[] }>(
    'SELECT cluster, name, tags FROM services WHERE cluster = ANY($1) AND name = ANY($2)',
    [distinct(asked.map((task) => task.clusterName)), distinct(asked.map((task) => task.serviceName ?? ''))],
  );
  return new Map(rows.map((row) => [serviceKey(row.cluster, row.name), row.tags]));
}

async function tagsOfDefinitions(queries: Queries, tasks: readonly Task[]): Promise<Map<string, readonly Tag[]>> {
  const asked = tasks.filter(({ propagateTags }) => propagateTags === 'TASK_DEFINITION');
  if (asked.length === 0) return new Map();
  const rows = await queries.rows<{ family: string; revision: number; tags: readonly Tag[] }>(
    'SELECT family, revision, tags FROM task_definitions WHERE family = ANY($1) AND revision = ANY($2::integer[])',
    [distinct(asked.map((task) => task.family)), distinct(asked.map((task) => task.revision))],
  );
  return new Map(rows.map((row) => [definitionKey(row.family, row.revision), row.tags]));
}

const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
