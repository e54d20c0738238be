/** What the operations on tags need: any resource that can have tags is a resource of theirs. */
import type { ListTagsForResourceRequest, TagResourceRequest, UntagResourceRequest } from '@aws-sdk/client-ecs';
import type { AccessOf } from './access.ts';
import { requestTagKeys } from '../../auth/tag-keys.ts';

import { ownArn } from './resources.ts';

export const tagResource: AccessOf<TagResourceRequest> = (input, scope) => [
  {
    action: 'ecs:TagResource',
    resources: [ownArn(input.resourceArn ?? '', scope)],
    context: requestTagKeys(input.tags),
    tagged: true,
  },
];

export const untagResource: AccessOf<UntagResourceRequest> = (input, scope) => [
  {
    action: 'ecs:UntagResource',
    resources: [ownArn(input.resourceArn ?? '', scope)],
    context: { 'aws:TagKeys': input.tagKeys ?? [] },
    tagged: true,
  },
];

export const listTagsForResource: AccessOf<ListTagsForResourceRequest> = (input, scope) => [
  {
    action: 'ecs:ListTagsForResource',
    resources: [ownArn(input.resourceArn ?? '', scope)],
    context: {},
    tagged: true,
  },
];
