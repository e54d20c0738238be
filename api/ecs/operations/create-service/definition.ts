/** Builds a service's definition from a CreateService request, with ECS's defaults. */
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../../model/arn.ts';
import { launchTypeOf } from '../../../../model/capacity-provider.ts';
import type { ServiceDefinition } from '../../../../model/service.ts';
import type { TaskDefinition } from '../../../../model/task-definition.ts';
import type { ClusterRecord } from '../../../../store/contract/clusters.ts';
import { member } from '../../members.ts';
import { LATEST_PLATFORM_VERSION } from '../../../../model/wire/platform.ts';
import { DAEMON_BOUNDS, NO_DAEMON_CAPACITY_PROVIDERS } from '../../rules/daemon.ts';
import { REPLICA_BOUNDS, resolveDeploymentBounds } from '../../rules/deployment-configuration.ts';
import { checkCompatibility, checkPlatformVersion, resolveCompute } from '../../rules/launch-type.ts';
import { resolveNetworkConfiguration } from '../../rules/network-configuration.ts';
import { resolvePlacement } from '../../rules/placement.ts';
import { invalid } from '../../rules/refusals.ts';
import { resolveRebalancing } from '../../rules/zone-rebalancing.ts';
import { commonParts } from './common-parts.ts';

/** Returns the definition, checked against the cluster and the task definition. */
export function buildDefinition(
  input: CreateServiceRequest,
  found: { readonly cluster: ClusterRecord; readonly taskDefinition: TaskDefinition; readonly partition: Partition },
): ServiceDefinition {
  const { cluster, taskDefinition, partition } = found;
  const isDaemon = input.schedulingStrategy === 'DAEMON';
  if (isDaemon && input.launchType === undefined && cluster.defaultCapacityProviderStrategy.length > 0) {
    throw invalid(NO_DAEMON_CAPACITY_PROVIDERS);
  }
  const compute = resolveCompute(input, cluster, partition);
  const launchType = launchTypeOf(compute);
  checkCompatibility(taskDefinition, launchType);
  checkPlatformVersion(input.platformVersion, launchType);
  const platformVersion = launchType === 'FARGATE' ? (input.platformVersion ?? LATEST_PLATFORM_VERSION) : undefined;
  const definition = {
    serviceName: input.serviceName ?? '',
    clusterName: cluster.clusterName,
    schedulingStrategy: isDaemon ? ('DAEMON' as const) : ('REPLICA' as const),
    desiredCount: input.desiredCount ?? 0,
    ...compute,
    ...member('platformVersion', platformVersion),
    ...resolveDeploymentBounds(input.deploymentConfiguration, isDaemon ? DAEMON_BOUNDS : REPLICA_BOUNDS),
    ...resolvePlacement(input, taskDefinition, launchType),
    ...member('networkConfiguration', resolveNetworkConfiguration(input.networkConfiguration, taskDefinition)),
    ...commonParts(input),
  };
  const availabilityZoneRebalancing = resolveRebalancing(input.availabilityZoneRebalancing, definition);
  return { ...definition, availabilityZoneRebalancing };
}
