/** Attached managed policies: three operations for users, groups and roles, such as AttachUserPolicy; and who has a policy. */
import type {
  ListAttachedUserPoliciesResponse,
  ListEntitiesForPolicyRequest,
  ListEntitiesForPolicyResponse,
} from '@aws-sdk/client-iam';
import { defined } from '../../../model/defined.ts';
import type { EntityKind } from '../../../model/iam/entity.ts';
import type { PolicyHolder } from '../../../store/contract/iam.ts';
import type { Operation } from '../../operation.ts';
import { unsupportedMembers } from '../../protocol/validation-errors.ts';
import { pageOf, type PageInput } from '../pages.ts';
import { forKinds, type HolderInput, holderIn } from '../rules/holders.ts';

type AttachInput = HolderInput & { readonly PolicyArn?: string };
type ListInput = HolderInput & PageInput & { readonly PathPrefix?: string };

const attach = (kind: EntityKind, word: string): Operation<AttachInput> => ({
  name: `Attach${word}Policy`,
  effect: 'records',
  async handle(input, { store }) {
    await store.attachPolicy(holderIn(kind, input), input.PolicyArn ?? '');
    return {};
  },
});

const detach = (kind: EntityKind, word: string): Operation<AttachInput> => ({
  name: `Detach${word}Policy`,
  effect: 'frees',
  async handle(input, { store }) {
    await store.detachPolicy(holderIn(kind, input), input.PolicyArn ?? '');
    return {};
  },
});

const list = (kind: EntityKind, word: string): Operation<ListInput, ListAttachedUserPoliciesResponse> => ({
  name: `ListAttached${word}Policies`,
  effect: 'reads',
  async handle(input, { store }) {
    const { PathPrefix: pathPrefix = '/' } = input;
    const holder = holderIn(kind, input);
    const { items, paging } = await pageOf(['ListAttachedPolicies', kind, holder.name, pathPrefix], input, (page) =>
      store.listAttachedPolicies(holder, { pathPrefix }, page),
    );
    return { AttachedPolicies: items.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn })), ...paging };
  },
});

const FILTERS: Readonly<Record<string, EntityKind>> = { User: 'user', Group: 'group', Role: 'role' };

const listEntitiesForPolicy: Operation<ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse> = {
  name: 'ListEntitiesForPolicy',
  effect: 'reads',
  async handle(input, { store }) {
    const { PolicyArn: arn = '', EntityFilter, PathPrefix: pathPrefix = '/', PolicyUsageFilter: usage } = input;
    const kind = EntityFilter === undefined ? undefined : FILTERS[EntityFilter];
    // The other filters that the enum has are of another operation.
    if (EntityFilter !== undefined && kind === undefined) throw unsupportedMembers([`EntityFilter ${EntityFilter}`]);
    const filter = { pathPrefix, ...defined({ kind, usage }) };
    const { items, paging } = await pageOf(
      ['ListEntitiesForPolicy', arn, EntityFilter, pathPrefix, usage],
      input,
      (page) => store.listPolicyHolders(arn, filter, page),
    );
    const ofKind = (wanted: EntityKind): readonly PolicyHolder[] => items.filter((holder) => holder.kind === wanted);
    return {
      PolicyGroups: ofKind('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      PolicyUsers: ofKind('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
      PolicyRoles: ofKind('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      ...paging,
    };
  },
};

export const attachments: readonly Operation[] = [
  ...forKinds(['user', 'group', 'role'], (kind, word) => [
    attach(kind, word),
    detach(kind, word),
    list(kind, word),
  ]).flat(),
  listEntitiesForPolicy,
];
