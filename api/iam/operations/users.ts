/** Users. */
import type {
  CreateUserRequest,
  CreateUserResponse,
  DeleteUserRequest,
  GetUserRequest,
  GetUserResponse,
  ListUsersRequest,
  ListUsersResponse,
  UpdateUserRequest,
  User,
} from '@aws-sdk/client-iam';
import { defined } from '../../../model/defined.ts';
import { uniqueId } from '../../auth/access-keys.ts';
import { rootOf } from '../../auth/principal.ts';
import type { Operation } from '../../operation.ts';
import { pageOf } from '../pages.ts';
import { listedUser, presentUser, toDate } from '../present.ts';
import { userMeant } from '../rules/caller.ts';
import { validTags } from '../rules/tags.ts';

const createUser: Operation<CreateUserRequest, CreateUserResponse> = {
  name: 'CreateUser',
  effect: 'records',
  async handle({ UserName: name = '', Path: path = '/', Tags, PermissionsBoundary }, { store, partition, now }) {
    const user = await store.createUser({
      id: uniqueId('AIDA', 17),
      name,
      path,
      createdAt: now,
      tags: validTags(Tags),
      ...defined({ boundaryArn: PermissionsBoundary }),
    });
    return { User: presentUser(partition.account, user) };
  },
};

/** Without a name, the caller. IAM shows root in the same way: it has an ARN and no name. */
const getUser: Operation<GetUserRequest, GetUserResponse> = {
  name: 'GetUser',
  effect: 'reads',
  async handle({ UserName }, { store, partition, caller }) {
    const name = userMeant(UserName, caller.principal);
    if (name !== undefined) return { User: presentUser(partition.account, await store.getUser(name)) };
    const { arn, userId } = rootOf(partition);
    return { User: { UserId: userId, Arn: arn, CreateDate: toDate(await store.accountBegan()) } as User };
  },
};

const listUsers: Operation<ListUsersRequest, ListUsersResponse> = {
  name: 'ListUsers',
  effect: 'reads',
  async handle(input, { store, partition }) {
    const { PathPrefix: pathPrefix = '/' } = input;
    const { items, paging } = await pageOf(['ListUsers', pathPrefix], input, (page) =>
      store.listUsers({ pathPrefix }, page),
    );
    return { Users: items.map((user) => listedUser(partition.account, user)), ...paging };
  },
};

const updateUser: Operation<UpdateUserRequest> = {
  name: 'UpdateUser',
  effect: 'records',
  async handle({ UserName = '', NewUserName, NewPath }, { store }) {
    await store.updateUser(UserName, defined({ name: NewUserName, path: NewPath }));
    return {};
  },
};

const deleteUser: Operation<DeleteUserRequest> = {
  name: 'DeleteUser',
  effect: 'frees',
  async handle({ UserName = '' }, { store }) {
    await store.deleteUser(UserName);
    return {};
  },
};

export const users: readonly Operation[] = [createUser, getUser, listUsers, updateUser, deleteUser];
