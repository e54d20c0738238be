/** The ListTagsForResource operation. */
import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { checkTaggable, resourceNotFound } from '../../rules/taggable.ts';

/** Lists the tags of any resource that can have tags. */
export const listTagsForResource: Operation<ListTagsForResourceRequest, ListTagsForResourceResponse> = {
  name: 'ListTagsForResource',
  effect: 'reads',
  async handle(input, context) {
    const type = checkTaggable(input.resourceArn, context);
    const tags = await context.store.listTags(input.resourceArn ?? '');
    if (tags === undefined) throw resourceNotFound(type);
    return { tags: [...tags] };
  },
};
