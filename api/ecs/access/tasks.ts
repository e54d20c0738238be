/** What the operations on tasks need. */
import type { ListTasksRequest, RunTaskRequest, StartTaskRequest, StopTaskRequest } from '@aws-sdk/client-ecs';
import { defined } from '../../../model/defined.ts';
import { type Access, type AccessOf, type AccessScope, ANY_RESOURCE } from './access.ts';
import { requestTagKeys } from '../../auth/tag-keys.ts';
import { ebsVolumes, sizeKeys, strategyKeys, tagOnCreate, volumeRoles } from './keys.ts';
import { passRoles, passTaskRoles } from './pass-role.ts';
import { type ClusterResources, definitionArn, eachOf, resourcesOf, taskDefinitionRef } from './resources.ts';

export const runTask: AccessOf<RunTaskRequest> = (input, scope) => {
  const cluster = resourcesOf(input.cluster, scope);
  const own = { ...strategyKeys(input.capacityProviderStrategy, scope), ...sizeKeys(input.overrides ?? {}) };
  return startAccess('RunTask', input, { cluster, own, scope });
};

export const startTask: AccessOf<StartTaskRequest> = (input, scope) => {
  const cluster = resourcesOf(input.cluster, scope);
  const own = { 'ecs:container-instances': (input.containerInstances ?? []).map(cluster.containerInstance) };
  return startAccess('StartTask', input, { cluster, own, scope });
};

/** `own`: the keys that only one of the two operations has. */
function startAccess(
  operation: 'RunTask' | 'StartTask',
  input: RunTaskRequest | StartTaskRequest,
  { cluster, own, scope }: { cluster: ClusterResources; own: Access['context']; scope: AccessScope },
): readonly Access[] {
  const runs = taskDefinitionRef(input.taskDefinition, scope);
  const context = {
    ...requestTagKeys(input.tags),
    ...cluster.keys,
    'ecs:enable-ebs-volumes': String(ebsVolumes(input.volumeConfigurations)),
    'ecs:enable-execute-command': String(input.enableExecuteCommand ?? false),
    ...own,
  };
  const resources = [runs === undefined ? ANY_RESOURCE : definitionArn(runs, scope)];
  return [
    { action: `ecs:${operation}`, resources, context, tagged: true, ...defined({ runs }) },
    ...tagOnCreate(operation, cluster.task('*'), input.tags),
    ...passTaskRoles(input.overrides ?? {}, scope),
    ...passRoles(volumeRoles(input.volumeConfigurations), 'ecs.amazonaws.com', scope),
  ];
}

export const stopTask: AccessOf<StopTaskRequest> = (input, scope) => {
  const cluster = resourcesOf(input.cluster, scope);
  return [{ action: 'ecs:StopTask', resources: [cluster.task(input.task ?? '')], context: cluster.keys, tagged: true }];
};

/** An operation on named tasks of one cluster. */
export const onTasks =
  (
    action: string,
  ): AccessOf<{ readonly cluster?: string | undefined; readonly tasks?: readonly string[] | undefined }> =>
  (input, scope) => {
    const cluster = resourcesOf(input.cluster, scope);
    const resources = eachOf(input.tasks, cluster.task, cluster.task('*'));
    return [{ action, resources, context: cluster.keys, tagged: true }];
  };

/** AWS authorises it on the container instance whose tasks are listed, and on no resource without one. */
export const listTasks: AccessOf<ListTasksRequest> = (input, scope) => {
  const cluster = resourcesOf(input.cluster, scope);
  const { containerInstance } = input;
  const isOfOne = containerInstance !== undefined && containerInstance !== '';
  const resources = [isOfOne ? cluster.containerInstance(containerInstance) : ANY_RESOURCE];
  return [{ action: 'ecs:ListTasks', resources, context: cluster.keys, tagged: isOfOne }];
};
