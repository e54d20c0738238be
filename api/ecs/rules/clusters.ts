/** Reads the `cluster` input of nearly every operation: a short name, an ARN, or nothing for the default cluster. */
import type { OperationContext } from '../../operation.ts';
import { checkArn } from './arns.ts';

/** The cluster that a request means if it names none. */
export const DEFAULT_CLUSTER_NAME = 'default';

/**
 * Returns the name of the cluster that an input means. Throws InvalidParameterException for an ARN of another account,
 * region or resource type. The cluster need not exist: see `requireCluster`.
 */
export function resolveClusterName(input: string | undefined, context: Pick<OperationContext, 'partition'>): string {
  if (input === undefined || input === '') return DEFAULT_CLUSTER_NAME;
  if (!input.startsWith('arn:')) return input;
  return checkArn('cluster', input, context.partition).path.join('/');
}
