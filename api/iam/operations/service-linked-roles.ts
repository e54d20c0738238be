/** The roles that AWS services make for themselves. Longshore's ECS needs none; tools make and expect it. */
import { randomUUID } from 'node:crypto';
import type {
  CreateServiceLinkedRoleRequest,
  CreateServiceLinkedRoleResponse,
  DeleteServiceLinkedRoleRequest,
  DeleteServiceLinkedRoleResponse,
  GetServiceLinkedRoleDeletionStatusRequest,
  GetServiceLinkedRoleDeletionStatusResponse,
} from '@aws-sdk/client-iam';
import { defined } from '../../../model/defined.ts';
import { SERVICE_LINKED_PATH } from '../../../model/iam/entity.ts';
import { invalidInput, noSuchEntity } from '../../../model/iam/refusals.ts';
import { uniqueId } from '../../auth/access-keys.ts';
import type { Operation } from '../../operation.ts';
import { presentRole } from '../present.ts';
import { DEFAULT_SESSION_SECONDS } from './roles.ts';

const SERVICES: Readonly<Record<string, { readonly roleName: string; readonly policyArn: string }>> = {
  'ecs.amazonaws.com': {
    roleName: 'AWSServiceRoleForECS',
    policyArn: 'arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy',
  },
};

const trustPolicyOf = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

const createServiceLinkedRole: Operation<CreateServiceLinkedRoleRequest, CreateServiceLinkedRoleResponse> = {
  name: 'CreateServiceLinkedRole',
  effect: 'records',
  async handle({ AWSServiceName: service = '', Description, CustomSuffix }, { store, partition, now }) {
    const found = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
    if (found === undefined) {
      throw invalidInput(
        `Longshore has no service-linked role for ${service}, only for ${Object.keys(SERVICES).join(', ')}.`,
      );
    }
    if (CustomSuffix !== undefined) throw invalidInput(`Custom suffix is not allowed for ${service}`);
    const role = await store.createServiceLinkedRole(
      {
        id: uniqueId('AROA', 17),
        name: found.roleName,
        path: `${SERVICE_LINKED_PATH}${service}/`,
        createdAt: now,
        trustPolicy: trustPolicyOf(service),
        maxSessionSeconds: DEFAULT_SESSION_SECONDS,
        tags: [],
        ...defined({ description: Description }),
      },
      found.policyArn,
    );
    return { Role: presentRole(partition.account, role) };
  },
};

/** IAM deletes later and gives a task to ask for. Here the role is gone when the call is answered. */
const deleteServiceLinkedRole: Operation<DeleteServiceLinkedRoleRequest, DeleteServiceLinkedRoleResponse> = {
  name: 'DeleteServiceLinkedRole',
  effect: 'frees',
  async handle({ RoleName: name = '' }, { store, now }) {
    const { path } = await store.getRole(name);
    const taskId = `task${path}${name}/${randomUUID()}`;
    await store.deleteServiceLinkedRole(name, { taskId, at: now });
    return { DeletionTaskId: taskId };
  },
};

const getServiceLinkedRoleDeletionStatus: Operation<
  GetServiceLinkedRoleDeletionStatusRequest,
  GetServiceLinkedRoleDeletionStatusResponse
> = {
  name: 'GetServiceLinkedRoleDeletionStatus',
  effect: 'reads',
  async handle({ DeletionTaskId: taskId = '' }, { store }) {
    if (!(await store.wasDeleted(taskId))) throw noSuchEntity(`Deletion task ${taskId} cannot be found.`);
    return { Status: 'SUCCEEDED' };
  },
};

export const serviceLinkedRoles: readonly Operation[] = [
  createServiceLinkedRole,
  deleteServiceLinkedRole,
  getServiceLinkedRoleDeletionStatus,
];
