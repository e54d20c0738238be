/** Reads the changes of an UpdateService request, checked against the service as it will be. */
import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../../model/arn.ts';
import { launchTypeOf } from '../../../../model/capacity-provider.ts';
import type { ServiceDefinition } from '../../../../model/service.ts';
import type { LaunchType } from '../../../../model/status.ts';
import type { TaskDefinition } from '../../../../model/task-definition.ts';
import type { ClusterRecord } from '../../../../store/contract/clusters.ts';
import type { UpdateServiceCommand } from '../../../../model/commands.ts';
import { member } from '../../members.ts';
import { checkDaemon } from '../../rules/daemon.ts';
import { resolveDeploymentBounds } from '../../rules/deployment-configuration.ts';
import { checkCompatibility, checkPlatformVersion, resolveCompute } from '../../rules/launch-type.ts';
import { resolveNetworkConfiguration } from '../../rules/network-configuration.ts';
import { checkRebalancing } from '../../rules/zone-rebalancing.ts';
import { resolvePlacement } from '../../rules/placement.ts';

type Changes = UpdateServiceCommand['changes'];

/**
 * Returns the members that the request names. `taskDefinition` is the one that the service will have. Present values
 * count in the checks: for example, a definition without awsvpc is refused while the service has a network
 * configuration.
 */
export function buildChanges(
  input: UpdateServiceRequest,
  present: ServiceDefinition,
  found: { readonly cluster: ClusterRecord; readonly taskDefinition: TaskDefinition; readonly partition: Partition },
): Changes {
  if (present.schedulingStrategy === 'DAEMON') checkDaemon(input);
  const { taskDefinition } = found;
  const compute = computeChanges(input, present, found);
  const launchType = launchTypeOf('capacityProviderStrategy' in compute || 'launchType' in compute ? compute : present);
  checkCompatibility(taskDefinition, launchType);
  checkPlatformVersion(input.platformVersion, launchType);
  const changes = {
    ...compute,
    ...member('desiredCount', input.desiredCount),
    ...member('platformVersion', input.platformVersion),
    ...member('healthCheckGracePeriodSeconds', input.healthCheckGracePeriodSeconds),
    ...member('availabilityZoneRebalancing', input.availabilityZoneRebalancing),
    ...member('enableECSManagedTags', input.enableECSManagedTags),
    ...member('enableExecuteCommand', input.enableExecuteCommand),
    ...member('propagateTags', input.propagateTags),
    ...member('serviceConnectConfiguration', input.serviceConnectConfiguration),
    ...deploymentChanges(input, present),
    ...networkChanges(input, present, taskDefinition),
    ...placementChanges(input, present, { taskDefinition, launchType }),
  };
  checkRebalancing(input.availabilityZoneRebalancing, { ...present, ...changes });
  return changes;
}

/** An empty strategy means the cluster's default strategy or, without one, the launch type that the tasks have. */
function computeChanges(
  input: UpdateServiceRequest,
  present: ServiceDefinition,
  { cluster, partition }: { readonly cluster: ClusterRecord; readonly partition: Partition },
): Changes {
  const { capacityProviderStrategy } = input;
  if (capacityProviderStrategy === undefined) return {};
  if (capacityProviderStrategy.length > 0) {
    return resolveCompute({ capacityProviderStrategy }, cluster, partition);
  }
  if (present.capacityProviderStrategy === undefined) return {};
  const { defaultCapacityProviderStrategy } = cluster;
  return defaultCapacityProviderStrategy.length > 0
    ? { capacityProviderStrategy: defaultCapacityProviderStrategy }
    : { launchType: launchTypeOf(present) };
}

function deploymentChanges(input: UpdateServiceRequest, present: ServiceDefinition): Changes {
  const { deploymentConfiguration } = input;
  return deploymentConfiguration === undefined ? {} : resolveDeploymentBounds(deploymentConfiguration, present);
}

function networkChanges(
  input: UpdateServiceRequest,
  present: ServiceDefinition,
  taskDefinition: TaskDefinition,
): Changes {
  const asked = input.networkConfiguration ?? present.networkConfiguration;
  const resolved = resolveNetworkConfiguration(asked, taskDefinition);
  return input.networkConfiguration === undefined ? {} : member('networkConfiguration', resolved);
}

/** An empty list clears the placement; an absent one keeps it. */
function placementChanges(
  input: UpdateServiceRequest,
  present: ServiceDefinition,
  { taskDefinition, launchType }: { readonly taskDefinition: TaskDefinition; readonly launchType: LaunchType },
): Changes {
  const { placementConstraints, placementStrategy } = resolvePlacement(
    {
      placementConstraints: input.placementConstraints ?? present.placementConstraints,
      placementStrategy: input.placementStrategy ?? present.placementStrategy,
    },
    taskDefinition,
    launchType,
  );
  return {
    ...(input.placementConstraints === undefined ? {} : { placementConstraints }),
    ...(input.placementStrategy === undefined ? {} : { placementStrategy }),
  };
}
