import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { checkTaggable, resourceNotFound } from '../../rules/taggable.ts';

/** The tags of any resource that can have them; an empty list when it has none. */
export const listTagsForResource: Operation<ListTagsForResourceRequest, ListTagsForResourceResponse> = {
  name: 'ListTagsForResource',
  async handle(input, context) {
    const type = checkTaggable(input.resourceArn, context);
    const tags = await context.store.listTags(input.resourceArn ?? '');
    if (tags === undefined) throw resourceNotFound(type);
    return { tags: [...tags] };
  },
};
