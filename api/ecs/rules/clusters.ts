/** The `cluster` input of nearly every operation: a short name, an ARN, or nothing for the default cluster. */
import type { OperationContext } from '../../operation.ts';
import { checkArn } from './arns.ts';

/** The cluster of a request that names none. */
export const DEFAULT_CLUSTER_NAME = 'default';

/**
 * The name of the cluster that an input means. An ARN of another account, region or kind is an
 * InvalidParameterException. The cluster need not exist: see `requireCluster`.
 */
export function resolveClusterName(input: string | undefined, context: Pick<OperationContext, 'partition'>): string {
  if (input === undefined || input === '') return DEFAULT_CLUSTER_NAME;
  if (!input.startsWith('arn:')) return input;
  return checkArn('cluster', input, context.partition).path.join('/');
}
