/** Roles. */
import type {
  CreateRoleRequest,
  CreateRoleResponse,
  DeleteRoleRequest,
  GetRoleRequest,
  GetRoleResponse,
  ListInstanceProfilesForRoleRequest,
  ListInstanceProfilesForRoleResponse,
  ListRolesRequest,
  ListRolesResponse,
  UpdateAssumeRolePolicyRequest,
  UpdateRoleDescriptionRequest,
  UpdateRoleDescriptionResponse,
  UpdateRoleRequest,
} from '@aws-sdk/client-iam';
import { defined } from '../../../model/defined.ts';
import { SERVICE_LINKED_PATH } from '../../../model/iam/entity.ts';
import { invalidInput } from '../../../model/iam/refusals.ts';
import { uniqueId } from '../../auth/access-keys.ts';
import type { Operation } from '../../operation.ts';
import { pageOf } from '../pages.ts';
import { listedRole, presentRole } from '../present.ts';
import { checkDocument } from '../rules/documents.ts';
import { validTags } from '../rules/tags.ts';

export const DEFAULT_SESSION_SECONDS = 3600;

const createRole: Operation<CreateRoleRequest, CreateRoleResponse> = {
  name: 'CreateRole',
  effect: 'records',
  async handle(input, { store, partition, now }) {
    const { RoleName: name = '', Path: path = '/', AssumeRolePolicyDocument: trustPolicy = '' } = input;
    if (path.startsWith(SERVICE_LINKED_PATH)) {
      throw invalidInput(`Only CreateServiceLinkedRole makes roles below the path ${SERVICE_LINKED_PATH}`);
    }
    checkDocument('trust', trustPolicy);
    const role = await store.createRole({
      id: uniqueId('AROA', 17),
      name,
      path,
      createdAt: now,
      trustPolicy,
      maxSessionSeconds: input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
      tags: validTags(input.Tags),
      ...defined({ description: input.Description, boundaryArn: input.PermissionsBoundary }),
    });
    return { Role: presentRole(partition.account, role) };
  },
};

const getRole: Operation<GetRoleRequest, GetRoleResponse> = {
  name: 'GetRole',
  effect: 'reads',
  async handle({ RoleName = '' }, { store, partition }) {
    return { Role: presentRole(partition.account, await store.getRole(RoleName)) };
  },
};

const listRoles: Operation<ListRolesRequest, ListRolesResponse> = {
  name: 'ListRoles',
  effect: 'reads',
  async handle(input, { store, partition }) {
    const { PathPrefix: pathPrefix = '/' } = input;
    const { items, paging } = await pageOf(['ListRoles', pathPrefix], input, (page) =>
      store.listRoles({ pathPrefix }, page),
    );
    return { Roles: items.map((role) => listedRole(partition.account, role)), ...paging };
  },
};

const updateRole: Operation<UpdateRoleRequest> = {
  name: 'UpdateRole',
  effect: 'records',
  async handle({ RoleName = '', Description, MaxSessionDuration }, { store }) {
    await store.updateRole(RoleName, defined({ description: Description, maxSessionSeconds: MaxSessionDuration }));
    return {};
  },
};

const updateRoleDescription: Operation<UpdateRoleDescriptionRequest, UpdateRoleDescriptionResponse> = {
  name: 'UpdateRoleDescription',
  effect: 'records',
  async handle({ RoleName = '', Description = '' }, { store, partition }) {
    const role = await store.updateRole(RoleName, { description: Description });
    return { Role: presentRole(partition.account, role) };
  },
};

const updateAssumeRolePolicy: Operation<UpdateAssumeRolePolicyRequest> = {
  name: 'UpdateAssumeRolePolicy',
  effect: 'records',
  async handle({ RoleName = '', PolicyDocument: trustPolicy = '' }, { store }) {
    checkDocument('trust', trustPolicy);
    await store.updateRole(RoleName, { trustPolicy });
    return {};
  },
};

const deleteRole: Operation<DeleteRoleRequest> = {
  name: 'DeleteRole',
  effect: 'frees',
  async handle({ RoleName = '' }, { store }) {
    await store.deleteRole(RoleName);
    return {};
  },
};

/** Longshore has no instance profiles. Terraform asks before it deletes a role. */
const listInstanceProfilesForRole: Operation<ListInstanceProfilesForRoleRequest, ListInstanceProfilesForRoleResponse> =
  {
    name: 'ListInstanceProfilesForRole',
    effect: 'reads',
    async handle(input, { store }) {
      const { RoleName: name = '' } = input;
      await store.getRole(name);
      const { paging } = await pageOf(['ListInstanceProfilesForRole', name], input, () =>
        Promise.resolve({ items: [] }),
      );
      return { InstanceProfiles: [], ...paging };
    },
  };

export const roles: readonly Operation[] = [
  createRole,
  getRole,
  listRoles,
  updateRole,
  updateRoleDescription,
  updateAssumeRolePolicy,
  deleteRole,
  listInstanceProfilesForRole,
];
