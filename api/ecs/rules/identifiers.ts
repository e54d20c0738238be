/** Names, ids and ARNs that requests point at resources of a cluster with: nearly every input takes either form. */
import type { Partition } from '../../../model/arn.ts';
import { checkOwnArn } from './arns.ts';
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

/** Hex digits, with or without hyphens. */
const ID_LENGTHS = [32, 36];

function checkLength(noun: string, id: string): string {
  if (!ID_LENGTHS.includes(id.length)) throw invalid(`${noun} length should be one of [${ID_LENGTHS.join(',')}]`);
  return id;
}

/** The id of a task, with ECS's check of its length. */
export const resolveTaskId = (identifier: string, scope: IdentifierScope): string =>
  checkLength('taskId', resolveIdentifier('task', identifier, scope));

/** The id of a container instance, with ECS's check of its length. */
export const resolveInstanceId = (identifier: string, scope: IdentifierScope): string =>
  checkLength('instanceId', resolveIdentifier('container-instance', identifier, scope));

/** The cluster that a call on a resource by its ARN means when it names none: the ARN says it. */
export function clusterOf(
  cluster: string | undefined,
  identifier: string,
  { partition }: Pick<IdentifierScope, 'partition'>,
): string | undefined {
  if (cluster !== undefined && cluster !== '') return cluster;
  if (!identifier.startsWith('arn:')) return cluster;
  const [first, second] = checkOwnArn(identifier, partition).path;
  return second === undefined ? cluster : first;
}

/** Refuses an empty batch and one above `most`. `noun` as ECS writes it, e.g. `Tasks`. */
export function checkBatch(noun: string, identifiers: readonly string[], most: number): void {
  if (identifiers.length === 0) throw invalid(`${noun} cannot be empty.`);
  if (identifiers.length > most) throw invalid(`${noun} cannot have more than ${most} entries.`);
}
