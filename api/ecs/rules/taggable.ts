/** Checks the ARNs that TagResource, UntagResource and ListTagsForResource name. */
import { EcsError } from '../../../model/errors.ts';
import type { OperationContext } from '../../operation.ts';
import { invalid } from './refusals.ts';
import { checkOwnArn } from './arns.ts';

const TAGGABLE = ['capacity-provider', 'cluster', 'container-instance', 'service', 'task', 'task-definition'];

/** Returns the ARN's resource type. Refuses an ARN of another account or of a resource that cannot have tags. */
export function checkTaggable(resourceArn: string | undefined, { partition }: OperationContext): string {
  const { type } = checkOwnArn(resourceArn ?? '', partition);
  if (!TAGGABLE.includes(type))
    throw invalid(`A ${type} can not have tags. Specify the ARN of one of [${TAGGABLE.join(',')}]`);
  return type;
}

/** The refusal for an ARN of something that does not exist. */
export const resourceNotFound = (type: string): EcsError =>
  type === 'cluster'
    ? new EcsError('ClusterNotFoundException', 'Cluster not found.')
    : new EcsError(
        'ResourceNotFoundException',
        `The specified ${type} was not found. Specify a valid ARN and try again.`,
      );
