/** Tags of users, roles, managed policies and OpenID Connect providers, such as TagUser. */
import type { ListUserTagsResponse, Tag } from '@aws-sdk/client-iam';
import type { TagOwner } from '../../../store/contract/iam.ts';
import type { Operation } from '../../operation.ts';
import { pageOfAll } from '../../protocol/pages.ts';
import { pageOf, type PageInput } from '../pages.ts';
import { presentTags } from '../present.ts';
import { requireIssuerArn } from '../rules/oidc-providers.ts';
import { requireOwnPolicy } from '../rules/own-policies.ts';
import { requireOwnKey, validTags } from '../rules/tags.ts';

interface OwnerInput {
  readonly UserName?: string;
  readonly RoleName?: string;
  readonly PolicyArn?: string;
  readonly OpenIDConnectProviderArn?: string;
}

type OwnerKind = TagOwner['kind'];

const MEMBERS = {
  user: 'UserName',
  role: 'RoleName',
  policy: 'PolicyArn',
  'oidc-provider': 'OpenIDConnectProviderArn',
} as const;

/** The owner that the request names. */
function ownerIn(kind: OwnerKind, input: OwnerInput, account: string): TagOwner {
  const named = input[MEMBERS[kind]] ?? '';
  return { kind, name: kind === 'oidc-provider' ? requireIssuerArn(account, named) : named };
}

/** The owner, if its tags may be changed. */
function ownerToChange(kind: OwnerKind, input: OwnerInput, account: string): TagOwner {
  const owner = ownerIn(kind, input, account);
  if (kind === 'policy') requireOwnPolicy(owner.name);
  return owner;
}

const tag = (kind: OwnerKind, word: string): Operation<OwnerInput & { readonly Tags?: readonly Tag[] }> => ({
  name: `Tag${word}`,
  effect: 'records',
  async handle(input, { store, partition }) {
    await store.addIamTags(ownerToChange(kind, input, partition.account), validTags(input.Tags));
    return {};
  },
});

const untag = (kind: OwnerKind, word: string): Operation<OwnerInput & { readonly TagKeys?: readonly string[] }> => ({
  name: `Untag${word}`,
  effect: 'records',
  async handle(input, { store, partition }) {
    const { TagKeys: keys = [] } = input;
    keys.forEach(requireOwnKey);
    await store.removeIamTags(ownerToChange(kind, input, partition.account), keys);
    return {};
  },
});

const list = (kind: OwnerKind, word: string): Operation<OwnerInput & PageInput, ListUserTagsResponse> => ({
  name: `List${word}Tags`,
  effect: 'reads',
  async handle(input, { store, partition }) {
    const owner = ownerIn(kind, input, partition.account);
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
    ['oidc-provider', 'OpenIDConnectProvider'],
  ] as const
).flatMap(([kind, word]) => [tag(kind, word), untag(kind, word), list(kind, word)]);
