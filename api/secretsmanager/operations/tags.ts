/** TagResource and UntagResource. */
import type { TagResourceRequest, UntagResourceRequest } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../operation.ts';
import { changeSecret } from '../rules/change.ts';
import { withoutTags, withTags } from '../rules/tags.ts';

export const tagResource: Operation<TagResourceRequest> = {
  name: 'TagResource',
  effect: 'records',
  async handle({ SecretId, Tags }, context) {
    await changeSecret(context, SecretId, (secret) =>
      Promise.resolve({ secret: { ...secret, changedAt: context.now, tags: withTags(secret.tags, Tags) } }),
    );
    return {};
  },
};

export const untagResource: Operation<UntagResourceRequest> = {
  name: 'UntagResource',
  effect: 'records',
  async handle({ SecretId, TagKeys = [] }, context) {
    await changeSecret(context, SecretId, (secret) =>
      Promise.resolve({ secret: { ...secret, changedAt: context.now, tags: withoutTags(secret.tags, TagKeys) } }),
    );
    return {};
  },
};
