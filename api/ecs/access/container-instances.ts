/** What the operations on container instances and their attributes need. */
import type {
  DescribeContainerInstancesRequest,
  PutAttributesRequest,
  RegisterContainerInstanceRequest,
  UpdateContainerAgentRequest,
} from '@aws-sdk/client-ecs';
import type { AccessOf } from './access.ts';
import { defined } from '../../../model/defined.ts';
import { requestTagKeys } from '../../auth/tag-keys.ts';
import { tagOnCreate } from './keys.ts';
import { eachOf, resourcesOf } from './resources.ts';

/** AWS authorises it on the cluster. A new instance has no id yet. */
export const registerContainerInstance: AccessOf<RegisterContainerInstanceRequest> = (input, scope) => {
  const cluster = resourcesOf(input.cluster, scope);
  const instance = cluster.containerInstance(input.containerInstanceArn ?? '*');
  return [
    {
      action: 'ecs:RegisterContainerInstance',
      resources: [cluster.arn],
      context: requestTagKeys(input.tags),
      tagged: true,
    },
    ...tagOnCreate('RegisterContainerInstance', instance, input.tags),
  ];
};

/** An operation on named container instances of one cluster. */
export const onContainerInstances =
  (action: string): AccessOf<DescribeContainerInstancesRequest> =>
  (input, scope) => {
    const cluster = resourcesOf(input.cluster, scope);
    const resources = eachOf(input.containerInstances, cluster.containerInstance, cluster.containerInstance('*'));
    return [{ action, resources, context: cluster.keys, tagged: true }];
  };

/** An operation on one container instance. */
export const onContainerInstance =
  (action: string): AccessOf<UpdateContainerAgentRequest> =>
  ({ cluster, containerInstance }, scope) =>
    onContainerInstances(action)(
      defined({ cluster, containerInstances: containerInstance === undefined ? [] : [containerInstance] }),
      scope,
    );

/** An operation on attributes, on the container instances that have them. */
export const onAttributes =
  (action: string): AccessOf<PutAttributesRequest> =>
  (input, scope) => {
    const cluster = resourcesOf(input.cluster, scope);
    const targets = (input.attributes ?? []).map(({ targetId = '' }) => targetId);
    const resources = eachOf(targets, cluster.containerInstance, cluster.containerInstance('*'));
    return [{ action, resources, context: cluster.keys, tagged: true }];
  };
