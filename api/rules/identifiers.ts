/** Names, ids and ARNs that requests point at resources of a cluster with: nearly every input takes either form. */
import type { Partition } from '../../model/arn.ts';
import { checkOwnArn } from '../operations/shared/identifiers.ts';
import { invalid } from './refusals.ts';

export type ClusterResource = 'task' | 'service' | 'container-instance';

/** Where an identifier is looked up. */
export interface IdentifierScope {
  readonly clusterName: string;
  readonly partition: Partition;
}

/** The id or name behind an identifier of a resource in a cluster. InvalidParameterException: another kind or cluster. */
export function resolveIdentifier(type: ClusterResource, identifier: string, scope: IdentifierScope): string {
  if (!identifier.startsWith('arn:')) return identifier;
  const arn = checkOwnArn(identifier, scope.partition);
  if (arn.type !== type) throw invalid(`Unsupported resource type: ${arn.type}`);
  const [first = '', second] = arn.path;
  if (second === undefined) return first;
  if (first !== scope.clusterName) {
    throw invalid(`Invalid identifier: Identifier is for cluster ${first}. Your cluster is ${scope.clusterName}`);
  }
  return second;
}

const TASK_ID_LENGTHS = [32, 36];

/** The id of a task, with ECS's check of its length. */
export function resolveTaskId(identifier: string, scope: IdentifierScope): string {
  const id = resolveIdentifier('task', identifier, scope);
  if (!TASK_ID_LENGTHS.includes(id.length)) {
    throw invalid(`taskId length should be one of [${TASK_ID_LENGTHS.join(',')}]`);
  }
  return id;
}

/** Refuses an empty batch and one above `most`. `noun` as ECS writes it, e.g. `Tasks`. */
export function checkBatch(noun: string, identifiers: readonly string[], most: number): void {
  if (identifiers.length === 0) throw invalid(`${noun} cannot be empty.`);
  if (identifiers.length > most) throw invalid(`${noun} cannot have more than ${most} entries.`);
}
