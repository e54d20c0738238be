/** AddTagsToResource, RemoveTagsFromResource and ListTagsForResource, of parameters. */
import type {
  AddTagsToResourceRequest,
  ListTagsForResourceRequest,
  ListTagsForResourceResult,
  RemoveTagsFromResourceRequest,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../../model/errors.ts';
import type { SecretTag } from '../../../model/secrets/secret.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import { presentTags } from '../present.ts';
import { withTags } from '../rules/tags.ts';

const noSuchResource = (): AwsError =>
  new AwsError(
    'InvalidResourceId',
    "The resource ID isn't valid. Verify that you entered the correct ID and try again.",
  );

const change = (
  { store }: OperationContext,
  name: string,
  decide: (tags: readonly SecretTag[]) => readonly SecretTag[],
): Promise<void> =>
  store.changeParameter(name, (parameter) => {
    if (parameter === undefined) throw noSuchResource();
    return Promise.resolve({ parameter: { ...parameter, tags: decide(parameter.tags) } });
  });

export const addTags: Operation<AddTagsToResourceRequest> = {
  name: 'AddTagsToResource',
  effect: 'records',
  async handle({ ResourceId = '', Tags }, context) {
    await change(context, ResourceId, (tags) => withTags(tags, Tags));
    return {};
  },
};

export const removeTags: Operation<RemoveTagsFromResourceRequest> = {
  name: 'RemoveTagsFromResource',
  effect: 'records',
  async handle({ ResourceId = '', TagKeys = [] }, context) {
    await change(context, ResourceId, (tags) => tags.filter(({ key }) => !TagKeys.includes(key)));
    return {};
  },
};

export const listTags: Operation<ListTagsForResourceRequest, ListTagsForResourceResult> = {
  name: 'ListTagsForResource',
  effect: 'reads',
  async handle({ ResourceId = '' }, { store }) {
    const parameter = await store.readParameter(ResourceId);
    if (parameter === undefined) throw noSuchResource();
    return { TagList: presentTags(parameter.tags) };
  },
};
