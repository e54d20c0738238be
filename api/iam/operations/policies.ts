/** Managed policies. */
import type {
  CreatePolicyRequest,
  CreatePolicyResponse,
  DeletePolicyRequest,
  GetPolicyRequest,
  GetPolicyResponse,
  ListPoliciesRequest,
  ListPoliciesResponse,
} from '@aws-sdk/client-iam';
import { defined } from '../../../model/defined.ts';
import { uniqueId } from '../../auth/access-keys.ts';
import type { Operation } from '../../operation.ts';
import { pageOf } from '../pages.ts';
import { listedPolicy, presentPolicy } from '../present.ts';
import { checkDocument } from '../rules/documents.ts';
import { requireOwnPolicy } from '../rules/own-policies.ts';
import { validTags } from '../rules/tags.ts';

const createPolicy: Operation<CreatePolicyRequest, CreatePolicyResponse> = {
  name: 'CreatePolicy',
  effect: 'records',
  async handle(input, { store, now }) {
    const { PolicyName: name = '', Path: path = '/', PolicyDocument: document = '' } = input;
    checkDocument('managed', document);
    const policy = await store.createPolicy({
      id: uniqueId('ANPA', 17),
      name,
      path,
      createdAt: now,
      document,
      tags: validTags(input.Tags),
      ...defined({ description: input.Description }),
    });
    return { Policy: presentPolicy(policy) };
  },
};

const getPolicy: Operation<GetPolicyRequest, GetPolicyResponse> = {
  name: 'GetPolicy',
  effect: 'reads',
  async handle({ PolicyArn = '' }, { store }) {
    return { Policy: presentPolicy(await store.getPolicy(PolicyArn)) };
  },
};

const listPolicies: Operation<ListPoliciesRequest, ListPoliciesResponse> = {
  name: 'ListPolicies',
  effect: 'reads',
  async handle(input, { store }) {
    const { Scope = 'All', PathPrefix = '/', OnlyAttached = false, PolicyUsageFilter } = input;
    const filter = {
      scope: Scope,
      pathPrefix: PathPrefix,
      onlyUsed: OnlyAttached,
      ...defined({ usage: PolicyUsageFilter }),
    };
    const list = ['ListPolicies', Scope, PathPrefix, String(OnlyAttached), PolicyUsageFilter];
    const { items, paging } = await pageOf(list, input, (page) => store.listPolicies(filter, page));
    return { Policies: items.map(listedPolicy), ...paging };
  },
};

const deletePolicy: Operation<DeletePolicyRequest> = {
  name: 'DeletePolicy',
  effect: 'frees',
  async handle({ PolicyArn: arn = '' }, { store }) {
    requireOwnPolicy(arn);
    await store.deletePolicy(arn);
    return {};
  },
};

export const policies: readonly Operation[] = [createPolicy, getPolicy, listPolicies, deletePolicy];
