/** A CreateService request as the service's definition, ECS's defaults filled in. */
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { ServiceDefinition } from '../../../model/service.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import type { ClusterRecord } from '../../../store/types.ts';
import { member } from '../../rules/members.ts';
import { LATEST_PLATFORM_VERSION } from '../../present/platform.ts';
import { REPLICA_BOUNDS, resolveDeploymentBounds } from '../../rules/deployment-configuration.ts';
import { checkCompatibility, checkPlatformVersion, resolveLaunchType } from '../../rules/launch-type.ts';
import { resolveNetworkConfiguration } from '../../rules/network-configuration.ts';
import { resolvePlacement } from '../../rules/placement.ts';
import { resolvePropagateTags } from '../../rules/task-tags.ts';
import { validateTags } from '../shared/tags.ts';

/** ECS enables it by default. Longshore does not rebalance yet, and says so. */
const DEFAULT_AVAILABILITY_ZONE_REBALANCING = 'DISABLED';

/** The definition, checked against the cluster and the task definition. */
export function buildDefinition(
  input: CreateServiceRequest,
  found: { readonly cluster: ClusterRecord; readonly taskDefinition: TaskDefinition },
): ServiceDefinition {
  const { cluster, taskDefinition } = found;
  const launchType = resolveLaunchType(input, cluster);
  checkCompatibility(taskDefinition, launchType);
  checkPlatformVersion(input.platformVersion, launchType);
  const platformVersion = launchType === 'FARGATE' ? (input.platformVersion ?? LATEST_PLATFORM_VERSION) : undefined;
  return {
    serviceName: input.serviceName ?? '',
    clusterName: cluster.clusterName,
    schedulingStrategy: 'REPLICA',
    desiredCount: input.desiredCount ?? 0,
    launchType,
    ...member('platformVersion', platformVersion),
    ...resolveDeploymentBounds(input.deploymentConfiguration, REPLICA_BOUNDS),
    ...resolvePlacement(input, taskDefinition, launchType),
    ...member('networkConfiguration', resolveNetworkConfiguration(input.networkConfiguration, taskDefinition)),
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0,
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? DEFAULT_AVAILABILITY_ZONE_REBALANCING,
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    propagateTags: resolvePropagateTags(input.propagateTags, 'service'),
    loadBalancers: [],
    serviceRegistries: [],
    tags: validateTags(input.tags),
  };
}
