/** Reads the query of a request for events. */
import type { Request } from 'express';
import { type Partition, shortName } from '../../model/arn.ts';
import { DETAIL_TYPES, EVENT_KINDS, type EventKind } from '../../model/event.ts';
import type { EventFilter } from '../../store/contract/events.ts';
import { checkOwnArn } from '../ecs/rules/arns.ts';
import { invalid } from '../ecs/rules/refusals.ts';

const DEFAULT_LIMIT = 100;
export const MOST_EVENTS = 1_000;

/** Which kinds of events belong to each type of ARN. */
const KINDS_OF: Readonly<Record<string, readonly EventKind[]>> = {
  task: ['task'],
  'container-instance': ['container-instance'],
  service: ['service-action', 'deployment'],
};

type Query = Request['query'];

/**
 * Reads `cluster` (name or ARN), `detailType` (may be repeated) and `resource` (ARN, id or name). Absent ones match
 * all.
 */
export function readFilter(query: Query, partition: Partition): EventFilter {
  const cluster = text(query, 'cluster');
  const resource = text(query, 'resource');
  const types = query['detailType'];
  const asked: EventFilter = {
    ...(cluster === undefined ? {} : { clusterName: shortName(cluster) }),
    ...(types === undefined ? {} : { kinds: [types].flat().map(kindOf) }),
  };
  return resource === undefined ? asked : withResource(asked, resource, partition);
}

function withResource(filter: EventFilter, resource: string, partition: Partition): EventFilter {
  if (!resource.startsWith('arn:')) return { ...filter, resource };
  const { type, path } = checkOwnArn(resource, partition);
  const [clusterName, id] = path;
  const kinds = Object.hasOwn(KINDS_OF, type) ? KINDS_OF[type] : undefined;
  if (kinds === undefined || clusterName === undefined || id === undefined) {
    throw invalid(`There are no events of ${resource}: give the ARN of a task, a service or a container instance.`);
  }
  if (filter.clusterName !== undefined && filter.clusterName !== clusterName) {
    throw invalid(`${resource} is not in cluster ${filter.clusterName}.`);
  }
  return { clusterName, resource: id, kinds: filter.kinds?.filter((kind) => kinds.includes(kind)) ?? kinds };
}

function kindOf(value: unknown): EventKind {
  const kind = EVENT_KINDS.find((candidate) => DETAIL_TYPES[candidate] === value);
  if (kind !== undefined) return kind;
  throw invalid(`detailType must be one of: ${Object.values(DETAIL_TYPES).join(', ')}.`);
}

/** Reads the position after which to continue; undefined if the query has none. */
export function readAfter(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const position = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  if (position === undefined) throw invalid('after must be the position of an event: a whole number.');
  return position;
}

export function readLimit(query: Query): number {
  const given = text(query, 'limit');
  if (given === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > MOST_EVENTS) throw invalid(`limit must be between 1 and ${MOST_EVENTS}.`);
  return limit;
}

function text(query: Query, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`${name} may be given once only.`);
}
