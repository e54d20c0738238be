/** The TagResource operation. */
import type { TagResourceRequest, TagResourceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { checkTaggable, resourceNotFound } from '../../rules/taggable.ts';
import { validateTags } from '../../rules/tags.ts';

/** Adds tags to a resource, and replaces the values of existing keys. */
export const tagResource: Operation<TagResourceRequest, TagResourceResponse> = {
  name: 'TagResource',
  effect: 'records',
  async handle(input, context) {
    const type = checkTaggable(input.resourceArn, context);
    const set = validateTags(input.tags);
    if (!(await context.store.changeTags(input.resourceArn ?? '', { set, remove: [] }))) throw resourceNotFound(type);
    return {};
  },
};
