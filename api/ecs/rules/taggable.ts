/** The resources that TagResource, UntagResource and ListTagsForResource name by ARN. */
import { EcsError } from '../../../model/errors.ts';
import type { OperationContext } from '../../operation.ts';
import { invalid } from './refusals.ts';
import { checkOwnArn } from './arns.ts';

const TAGGABLE = ['capacity-provider', 'cluster', 'container-instance', 'service', 'task', 'task-definition'];

/** Refuses an ARN that is not of a resource with tags in this account. Its type is the answer. */
export function checkTaggable(resourceArn: string | undefined, { partition }: OperationContext): string {
  const { type } = checkOwnArn(resourceArn ?? '', partition);
  if (!TAGGABLE.includes(type))
    throw invalid(`A ${type} can not have tags. Specify the ARN of one of [${TAGGABLE.join(',')}]`);
  return type;
}

/** What a call on an ARN of nothing answers. */
export const resourceNotFound = (type: string): EcsError =>
  type === 'cluster'
    ? new EcsError('ClusterNotFoundException', 'Cluster not found.')
    : new EcsError(
        'ResourceNotFoundException',
        `The specified ${type} was not found. Specify a valid ARN and try again.`,
      );
