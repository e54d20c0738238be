/** Access keys of users. Root's come from `longshore access-key` too, and are shown in the same way. */
import type {
  AccessKeyMetadata,
  CreateAccessKeyRequest,
  CreateAccessKeyResponse,
  DeleteAccessKeyRequest,
  GetAccessKeyLastUsedRequest,
  GetAccessKeyLastUsedResponse,
  ListAccessKeysRequest,
  ListAccessKeysResponse,
  UpdateAccessKeyRequest,
} from '@aws-sdk/client-iam';
import type { AccessKey } from '../../../model/access-key.ts';
import { defined } from '../../../model/defined.ts';
import { noSuchEntity } from '../../../model/iam/refusals.ts';
import type { Operation } from '../../operation.ts';
import { pageOfAll } from '../../protocol/pages.ts';
import { pageOf } from '../pages.ts';
import { toDate } from '../present.ts';
import { userMeant } from '../rules/caller.ts';

const noSuchKey = (id: string) => noSuchEntity(`The Access Key with id ${id} cannot be found.`);

/** The secret is in this answer and in no other. */
const createAccessKey: Operation<CreateAccessKeyRequest, CreateAccessKeyResponse> = {
  name: 'CreateAccessKey',
  effect: 'records',
  async handle({ UserName }, { store, caller, accessKeys, now }) {
    const userName = userMeant(UserName, caller.principal);
    const { key, secretAccessKey } = accessKeys.make(userName, now);
    await store.createAccessKey(key);
    return {
      AccessKey: {
        // As in IAM, a key of root names no user.
        UserName: userName,
        AccessKeyId: key.accessKeyId,
        Status: key.status,
        SecretAccessKey: secretAccessKey,
        CreateDate: toDate(key.createdAt),
      },
    };
  },
};

const presentKey = ({ userName, accessKeyId, status, createdAt }: AccessKey): AccessKeyMetadata => ({
  ...defined({ UserName: userName }),
  AccessKeyId: accessKeyId,
  Status: status,
  CreateDate: toDate(createdAt),
});

const listAccessKeys: Operation<ListAccessKeysRequest, ListAccessKeysResponse> = {
  name: 'ListAccessKeys',
  effect: 'reads',
  async handle(input, { store, caller }) {
    const userName = userMeant(input.UserName, caller.principal);
    if (userName !== undefined) await store.getUser(userName);
    const keys = await store.listAccessKeys(userName);
    const { items, paging } = await pageOf(['ListAccessKeys', userName], input, (page) =>
      Promise.resolve(pageOfAll(keys, page, ({ accessKeyId }) => accessKeyId)),
    );
    return { AccessKeyMetadata: items.map(presentKey), ...paging };
  },
};

const updateAccessKey: Operation<UpdateAccessKeyRequest> = {
  name: 'UpdateAccessKey',
  effect: 'records',
  async handle({ UserName, AccessKeyId: accessKeyId = '', Status: status = 'Active' }, { store, caller }) {
    const userName = userMeant(UserName, caller.principal);
    if (userName !== undefined) await store.getUser(userName);
    if (status === 'Expired') throw new Error('The request says Expired, which its enum leaves out.');
    const found = await store.setAccessKeyStatus({ accessKeyId, ...defined({ userName }) }, status);
    if (!found) throw noSuchKey(accessKeyId);
    return {};
  },
};

const deleteAccessKey: Operation<DeleteAccessKeyRequest> = {
  name: 'DeleteAccessKey',
  effect: 'frees',
  async handle({ UserName, AccessKeyId: accessKeyId = '' }, { store, caller }) {
    const userName = userMeant(UserName, caller.principal);
    if (userName !== undefined) await store.getUser(userName);
    const found = await store.deleteAccessKey({ accessKeyId, ...defined({ userName }) });
    if (!found) throw noSuchKey(accessKeyId);
    return {};
  },
};

/** A key that was never used has no date, and `N/A` for the rest, as in IAM. */
const getAccessKeyLastUsed: Operation<GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse> = {
  name: 'GetAccessKeyLastUsed',
  effect: 'reads',
  async handle({ AccessKeyId: accessKeyId = '' }, { store }) {
    const key = await store.findAccessKey(accessKeyId);
    if (key === undefined) throw noSuchKey(accessKeyId);
    const { lastUsed } = key;
    return {
      ...defined({ UserName: key.userName }),
      AccessKeyLastUsed:
        lastUsed === undefined
          ? { LastUsedDate: undefined, ServiceName: 'N/A', Region: 'N/A' }
          : { LastUsedDate: toDate(lastUsed.at), ServiceName: lastUsed.service, Region: lastUsed.region },
    };
  },
};

export const accessKeys: readonly Operation[] = [
  createAccessKey,
  listAccessKeys,
  updateAccessKey,
  deleteAccessKey,
  getAccessKeyLastUsed,
];
