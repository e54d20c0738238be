/** Versions of managed policies. */
import type {
  CreatePolicyVersionRequest,
  CreatePolicyVersionResponse,
  DeletePolicyVersionRequest,
  GetPolicyVersionRequest,
  GetPolicyVersionResponse,
  ListPolicyVersionsRequest,
  ListPolicyVersionsResponse,
  SetDefaultPolicyVersionRequest,
} from '@aws-sdk/client-iam';
import { noSuchEntity } from '../../../model/iam/refusals.ts';
import type { Operation } from '../../operation.ts';
import { pageOfAll } from '../../protocol/pages.ts';
import { pageOf } from '../pages.ts';
import { encodeDocument, listedVersion, versionId } from '../present.ts';
import { checkDocument } from '../rules/documents.ts';
import { requireOwnPolicy } from '../rules/own-policies.ts';

/** The number in `v3`. Throws NoSuchEntity for what no version has. */
function versionNumber(arn: string, id: string): number {
  const version = Number(id.slice(1));
  if (Number.isSafeInteger(version) && version < 2 ** 31) return version;
  throw noSuchEntity(`Policy ${arn} version ${id} does not exist or is not attachable.`);
}

const createPolicyVersion: Operation<CreatePolicyVersionRequest, CreatePolicyVersionResponse> = {
  name: 'CreatePolicyVersion',
  effect: 'records',
  async handle({ PolicyArn: arn = '', PolicyDocument: document = '', SetAsDefault: isDefault = false }, context) {
    requireOwnPolicy(arn);
    checkDocument('managed', document);
    const version = await context.store.createPolicyVersion(arn, { document, isDefault, at: context.now });
    return { PolicyVersion: listedVersion(version) };
  },
};

const getPolicyVersion: Operation<GetPolicyVersionRequest, GetPolicyVersionResponse> = {
  name: 'GetPolicyVersion',
  effect: 'reads',
  async handle({ PolicyArn: arn = '', VersionId: id = '' }, { store }) {
    const version = await store.getPolicyVersion(arn, versionNumber(arn, id));
    return { PolicyVersion: { Document: encodeDocument(version.document), ...listedVersion(version) } };
  },
};

const listPolicyVersions: Operation<ListPolicyVersionsRequest, ListPolicyVersionsResponse> = {
  name: 'ListPolicyVersions',
  effect: 'reads',
  async handle(input, { store }) {
    const { PolicyArn: arn = '' } = input;
    const versions = await store.listPolicyVersions(arn);
    const { items, paging } = await pageOf(['ListPolicyVersions', arn], input, (page) =>
      Promise.resolve(pageOfAll(versions, page, ({ version }) => versionId(version))),
    );
    return { Versions: items.map(listedVersion), ...paging };
  },
};

const setDefaultPolicyVersion: Operation<SetDefaultPolicyVersionRequest> = {
  name: 'SetDefaultPolicyVersion',
  effect: 'records',
  async handle({ PolicyArn: arn = '', VersionId: id = '' }, { store, now }) {
    requireOwnPolicy(arn);
    await store.setDefaultPolicyVersion(arn, versionNumber(arn, id), now);
    return {};
  },
};

const deletePolicyVersion: Operation<DeletePolicyVersionRequest> = {
  name: 'DeletePolicyVersion',
  effect: 'frees',
  async handle({ PolicyArn: arn = '', VersionId: id = '' }, { store }) {
    requireOwnPolicy(arn);
    await store.deletePolicyVersion(arn, versionNumber(arn, id));
    return {};
  },
};

export const policyVersions: readonly Operation[] = [
  createPolicyVersion,
  getPolicyVersion,
  listPolicyVersions,
  setDefaultPolicyVersion,
  deletePolicyVersion,
];
