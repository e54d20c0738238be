/** Inline policies: the same four operations for users, groups and roles, such as PutUserPolicy. */
import type { GetUserPolicyResponse, ListUserPoliciesResponse } from '@aws-sdk/client-iam';
import type { EntityKind } from '../../../model/iam/entity.ts';
import type { Operation } from '../../operation.ts';
import { pageOf, type PageInput } from '../pages.ts';
import { encodeDocument } from '../present.ts';
import { checkDocument } from '../rules/documents.ts';
import { forKinds, type HolderInput, holderIn, holderMember } from '../rules/holders.ts';

type PolicyInput = HolderInput & { readonly PolicyName?: string };

const put = (kind: EntityKind, word: string): Operation<PolicyInput & { readonly PolicyDocument?: string }> => ({
  name: `Put${word}Policy`,
  effect: 'records',
  async handle(input, { store }) {
    const { PolicyName: name = '', PolicyDocument: document = '' } = input;
    checkDocument('inline', document);
    await store.putInlinePolicy(holderIn(kind, input), { name, document });
    return {};
  },
});

type GetAnswer = HolderInput & Omit<GetUserPolicyResponse, 'UserName'>;

const get = (kind: EntityKind, word: string): Operation<PolicyInput, GetAnswer> => ({
  name: `Get${word}Policy`,
  effect: 'reads',
  async handle(input, { store }) {
    const { PolicyName = '' } = input;
    const holder = holderIn(kind, input);
    const document = await store.getInlinePolicy(holder, PolicyName);
    return { ...holderMember(holder), PolicyName, PolicyDocument: encodeDocument(document) };
  },
});

const list = (kind: EntityKind, word: string): Operation<HolderInput & PageInput, ListUserPoliciesResponse> => ({
  name: `List${word}Policies`,
  effect: 'reads',
  async handle(input, { store }) {
    const holder = holderIn(kind, input);
    const { items, paging } = await pageOf(['ListInlinePolicies', kind, holder.name], input, (page) =>
      store.listInlinePolicies(holder, page),
    );
    return { PolicyNames: [...items], ...paging };
  },
});

const remove = (kind: EntityKind, word: string): Operation<PolicyInput> => ({
  name: `Delete${word}Policy`,
  effect: 'frees',
  async handle(input, { store }) {
    await store.deleteInlinePolicy(holderIn(kind, input), input.PolicyName ?? '');
    return {};
  },
});

export const inlinePolicies: readonly Operation[] = forKinds(['user', 'group', 'role'], (kind, word) => [
  put(kind, word),
  get(kind, word),
  list(kind, word),
  remove(kind, word),
]).flat();
