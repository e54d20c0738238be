/** Tags of users, roles and managed policies, such as TagUser. */
import type { ListUserTagsResponse, Tag } from '@aws-sdk/client-iam';
import type { TagOwner } from '../../../store/contract/iam.ts';
import type { Operation } from '../../operation.ts';
import { pageOf, pageOfAll, type PageInput } from '../pages.ts';
import { presentTags } from '../present.ts';
import { requireOwnPolicy } from '../rules/own-policies.ts';
import { requireOwnKey, validTags } from '../rules/tags.ts';

interface OwnerInput {
  readonly UserName?: string;
  readonly RoleName?: string;
  readonly PolicyArn?: string;
}

type OwnerKind = TagOwner['kind'];

const MEMBERS = { user: 'UserName', role: 'RoleName', policy: 'PolicyArn' } as const;

const ownerIn = (kind: OwnerKind, input: OwnerInput): TagOwner => ({ kind, name: input[MEMBERS[kind]] ?? '' });

/** The owner, if its tags may be changed. */
function ownerToChange(kind: OwnerKind, input: OwnerInput): TagOwner {
  const owner = ownerIn(kind, input);
  if (kind === 'policy') requireOwnPolicy(owner.name);
  return owner;
}

const tag = (kind: OwnerKind, word: string): Operation<OwnerInput & { readonly Tags?: readonly Tag[] }> => ({
  name: `Tag${word}`,
  effect: 'records',
  async handle(input, { store }) {
    await store.addIamTags(ownerToChange(kind, input), validTags(input.Tags));
    return {};
  },
});

const untag = (kind: OwnerKind, word: string): Operation<OwnerInput & { readonly TagKeys?: readonly string[] }> => ({
  name: `Untag${word}`,
  effect: 'records',
  async handle(input, { store }) {
    const { TagKeys: keys = [] } = input;
    keys.forEach(requireOwnKey);
    await store.removeIamTags(ownerToChange(kind, input), keys);
    return {};
  },
});

const list = (kind: OwnerKind, word: string): Operation<OwnerInput & PageInput, ListUserTagsResponse> => ({
  name: `List${word}Tags`,
  effect: 'reads',
  async handle(input, { store }) {
    const owner = ownerIn(kind, input);
    const tags = await store.listIamTags(owner);
    const { items, paging } = await pageOf(['ListTags', kind, owner.name], input, (page) =>
      Promise.resolve(pageOfAll(tags, page, ({ key }) => key)),
    );
    return { Tags: presentTags(items), ...paging };
  },
});

export const tags: readonly Operation[] = (
  [
    ['user', 'User'],
    ['role', 'Role'],
    ['policy', 'Policy'],
  ] as const
).flatMap(([kind, word]) => [tag(kind, word), untag(kind, word), list(kind, word)]);
