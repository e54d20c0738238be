/**
 * Reads names, ids and ARNs with which requests name the resources of a cluster: nearly every input takes either form.
 */
import type { Partition } from '../../../model/arn.ts';
import { checkOwnArn } from './arns.ts';
import { invalid } from './refusals.ts';

export type ClusterResource = 'task' | 'service' | 'container-instance';

/** The cluster in which an identifier is looked up. */
export interface IdentifierScope {
  readonly clusterName: string;
  readonly partition: Partition;
}

/**
 * Returns the id or name in an identifier of a cluster's resource. Throws InvalidParameterException for another type or
 * cluster.
 */
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

/** Lengths of ids in hex digits, without or with hyphens. */
const ID_LENGTHS = [32, 36];

function checkLength(noun: string, id: string): string {
  if (!ID_LENGTHS.includes(id.length)) throw invalid(`${noun} length should be one of [${ID_LENGTHS.join(',')}]`);
  return id;
}

/** Returns the id of a task, after ECS's check of its length. */
export const resolveTaskId = (identifier: string, scope: IdentifierScope): string =>
  checkLength('taskId', resolveIdentifier('task', identifier, scope));

/** Returns the id of a container instance, after ECS's check of its length. */
export const resolveInstanceId = (identifier: string, scope: IdentifierScope): string =>
  checkLength('instanceId', resolveIdentifier('container-instance', identifier, scope));

/** If a call names a resource by its ARN and no cluster, the ARN tells the cluster. */
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

/** Refuses an empty batch and one with more than `most` entries. `noun` is ECS's word for them, such as `Tasks`. */
export function checkBatch(noun: string, identifiers: readonly string[], most: number): void {
  if (identifiers.length === 0) throw invalid(`${noun} cannot be empty.`);
  if (identifiers.length > most) throw invalid(`${noun} cannot have more than ${most} entries.`);
}
