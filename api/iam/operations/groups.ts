/** Groups, and the users in them. */
import type {
  AddUserToGroupRequest,
  CreateGroupRequest,
  CreateGroupResponse,
  DeleteGroupRequest,
  GetGroupRequest,
  GetGroupResponse,
  ListGroupsForUserRequest,
  ListGroupsForUserResponse,
  ListGroupsRequest,
  ListGroupsResponse,
  RemoveUserFromGroupRequest,
  UpdateGroupRequest,
} from '@aws-sdk/client-iam';
import { defined } from '../../../model/defined.ts';
import { uniqueId } from '../../auth/access-keys.ts';
import type { Operation } from '../../operation.ts';
import { pageOf } from '../pages.ts';
import { listedUser, presentGroup } from '../present.ts';

const createGroup: Operation<CreateGroupRequest, CreateGroupResponse> = {
  name: 'CreateGroup',
  effect: 'records',
  async handle({ GroupName: name = '', Path: path = '/' }, { store, partition, now }) {
    const group = await store.createGroup({ id: uniqueId('AGPA', 17), name, path, createdAt: now });
    return { Group: presentGroup(partition.account, group) };
  },
};

/** The group and a page of its users. */
const getGroup: Operation<GetGroupRequest, GetGroupResponse> = {
  name: 'GetGroup',
  effect: 'reads',
  async handle(input, { store, partition: { account } }) {
    const { GroupName: name = '' } = input;
    const group = await store.getGroup(name);
    const { items, paging } = await pageOf(['GetGroup', name], input, (page) => store.listGroupUsers(name, page));
    return { Group: presentGroup(account, group), Users: items.map((user) => listedUser(account, user)), ...paging };
  },
};

const listGroups: Operation<ListGroupsRequest, ListGroupsResponse> = {
  name: 'ListGroups',
  effect: 'reads',
  async handle(input, { store, partition }) {
    const { PathPrefix: pathPrefix = '/' } = input;
    const { items, paging } = await pageOf(['ListGroups', pathPrefix], input, (page) =>
      store.listGroups({ pathPrefix }, page),
    );
    return { Groups: items.map((group) => presentGroup(partition.account, group)), ...paging };
  },
};

const updateGroup: Operation<UpdateGroupRequest> = {
  name: 'UpdateGroup',
  effect: 'records',
  async handle({ GroupName = '', NewGroupName, NewPath }, { store }) {
    await store.updateGroup(GroupName, defined({ name: NewGroupName, path: NewPath }));
    return {};
  },
};

const deleteGroup: Operation<DeleteGroupRequest> = {
  name: 'DeleteGroup',
  effect: 'frees',
  async handle({ GroupName = '' }, { store }) {
    await store.deleteGroup(GroupName);
    return {};
  },
};

const addUserToGroup: Operation<AddUserToGroupRequest> = {
  name: 'AddUserToGroup',
  effect: 'records',
  async handle({ GroupName = '', UserName = '' }, { store }) {
    await store.addUserToGroup(GroupName, UserName);
    return {};
  },
};

const removeUserFromGroup: Operation<RemoveUserFromGroupRequest> = {
  name: 'RemoveUserFromGroup',
  effect: 'frees',
  async handle({ GroupName = '', UserName = '' }, { store }) {
    await store.removeUserFromGroup(GroupName, UserName);
    return {};
  },
};

const listGroupsForUser: Operation<ListGroupsForUserRequest, ListGroupsForUserResponse> = {
  name: 'ListGroupsForUser',
  effect: 'reads',
  async handle(input, { store, partition }) {
    const { UserName: user = '' } = input;
    const { items, paging } = await pageOf(['ListGroupsForUser', user], input, (page) =>
      store.listGroupsOfUser(user, page),
    );
    return { Groups: items.map((group) => presentGroup(partition.account, group)), ...paging };
  },
};

export const groups: readonly Operation[] = [
  createGroup,
  getGroup,
  listGroups,
  updateGroup,
  deleteGroup,
  addUserToGroup,
  removeUserFromGroup,
  listGroupsForUser,
];
