/** What the operations on clusters and capacity providers need. */
import type {
  CreateCapacityProviderRequest,
  CreateClusterRequest,
  DeleteCapacityProviderRequest,
  DescribeCapacityProvidersRequest,
  DescribeClustersRequest,
  PutClusterCapacityProvidersRequest,
  UpdateCapacityProviderRequest,
  UpdateClusterRequest,
} from '@aws-sdk/client-ecs';
import { capacityProviderArn } from '../../../model/arn.ts';
import { defined } from '../../../model/defined.ts';
import type { ContextValues } from '../../auth/policy/context.ts';
import { type AccessOf, ANY_RESOURCE } from './access.ts';
import { requestTagKeys } from '../../auth/tag-keys.ts';
import { flag, providerKeys, tagOnCreate } from './keys.ts';
import { passRoles } from './pass-role.ts';
import { eachOf, providerArn, resourcesOf } from './resources.ts';

const storageKey = ({ configuration }: Pick<CreateClusterRequest, 'configuration'>): ContextValues =>
  defined({
    'ecs:fargate-ephemeral-storage-kms-key':
      configuration?.managedStorageConfiguration?.fargateEphemeralStorageKmsKeyId,
  });

export const createCluster: AccessOf<CreateClusterRequest> = (input, scope) => {
  const { arn } = resourcesOf(input.clusterName, scope);
  const strategy = input.defaultCapacityProviderStrategy?.map(({ capacityProvider = '' }) => capacityProvider);
  const providers = providerKeys([...new Set([...(input.capacityProviders ?? []), ...(strategy ?? [])])], scope);
  const context = { ...requestTagKeys(input.tags), ...providers, ...storageKey(input) };
  return [
    { action: 'ecs:CreateCluster', resources: [arn], context, tagged: true },
    ...tagOnCreate('CreateCluster', arn, input.tags),
  ];
};

export const describeClusters: AccessOf<DescribeClustersRequest> = (input, scope) => {
  const resources = eachOf(input.clusters, (name) => resourcesOf(name, scope).arn, resourcesOf(undefined, scope).arn);
  return [{ action: 'ecs:DescribeClusters', resources, context: {}, tagged: true }];
};

/** An operation on one cluster that gives no condition key. */
export const onCluster =
  (action: string): AccessOf<{ readonly cluster?: string | undefined }> =>
  ({ cluster }, scope) => [{ action, resources: [resourcesOf(cluster, scope).arn], context: {}, tagged: true }];

export const updateCluster: AccessOf<UpdateClusterRequest> = (input, scope) => [
  {
    action: 'ecs:UpdateCluster',
    resources: [resourcesOf(input.cluster, scope).arn],
    context: storageKey(input),
    tagged: true,
  },
];

export const putClusterCapacityProviders: AccessOf<PutClusterCapacityProvidersRequest> = (input, scope) => {
  const strategy = input.defaultCapacityProviderStrategy?.map(({ capacityProvider = '' }) => capacityProvider) ?? [];
  const context = providerKeys([...new Set([...(input.capacityProviders ?? []), ...strategy])], scope);
  const resources = [resourcesOf(input.cluster, scope).arn];
  return [{ action: 'ecs:PutClusterCapacityProviders', resources, context, tagged: true }];
};

const managedKeys = ({
  managedInstancesProvider: managed,
}: Pick<CreateCapacityProviderRequest | UpdateCapacityProviderRequest, 'managedInstancesProvider'>): ContextValues =>
  defined({
    'ecs:propagate-tags': managed?.propagateTags,
    'ecs:instance-metadata-tags-propagation': flag(managed?.instanceLaunchTemplate?.instanceMetadataTagsPropagation),
  });

export const createCapacityProvider: AccessOf<CreateCapacityProviderRequest> = (input, scope) => {
  const arn = capacityProviderArn(scope.partition, input.name ?? '');
  const context = { ...requestTagKeys(input.tags), ...managedKeys(input) };
  return [
    { action: 'ecs:CreateCapacityProvider', resources: [arn], context, tagged: true },
    ...tagOnCreate('CreateCapacityProvider', arn, input.tags),
    ...passRoles([input.managedInstancesProvider?.infrastructureRoleArn], 'ecs.amazonaws.com', scope),
  ];
};

/** Without names, all providers are described. */
export const describeCapacityProviders: AccessOf<DescribeCapacityProvidersRequest> = (input, scope) => {
  const resources = eachOf(input.capacityProviders, (name) => providerArn(name, scope), ANY_RESOURCE);
  return [{ action: 'ecs:DescribeCapacityProviders', resources, context: {}, tagged: true }];
};

export const updateCapacityProvider: AccessOf<UpdateCapacityProviderRequest> = (input, scope) => [
  {
    action: 'ecs:UpdateCapacityProvider',
    resources: [providerArn(input.name ?? '', scope)],
    context: managedKeys(input),
    tagged: true,
  },
  ...passRoles([input.managedInstancesProvider?.infrastructureRoleArn], 'ecs.amazonaws.com', scope),
];

export const deleteCapacityProvider: AccessOf<DeleteCapacityProviderRequest> = (input, scope) => [
  {
    action: 'ecs:DeleteCapacityProvider',
    resources: [providerArn(input.capacityProvider ?? '', scope)],
    context: {},
    tagged: true,
  },
];
