/** The UntagResource operation. */
import type { UntagResourceRequest, UntagResourceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { invalid } from '../../rules/refusals.ts';
import { checkTaggable, resourceNotFound } from '../../rules/taggable.ts';
import { isReservedKey } from '../../rules/tags.ts';

/** Removes tags from a resource. Unknown keys are no error. */
export const untagResource: Operation<UntagResourceRequest, UntagResourceResponse> = {
  name: 'UntagResource',
  effect: 'records',
  async handle(input, context) {
    const type = checkTaggable(input.resourceArn, context);
    const remove = input.tagKeys ?? [];
    const reserved = remove.find(isReservedKey);
    if (reserved !== undefined) throw invalid(`Tags that begin with 'aws:' can not be removed: '${reserved}'.`);
    if (!(await context.store.changeTags(input.resourceArn ?? '', { set: [], remove }))) throw resourceNotFound(type);
    return {};
  },
};
