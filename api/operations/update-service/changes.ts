/** What an UpdateService request changes, checked against the service as it will be. */
import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { ServiceDefinition } from '../../../model/service.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import type { UpdateServiceCommand } from '../../../workflows/messages.ts';
import { member } from '../../rules/members.ts';
import { resolveDeploymentBounds } from '../../rules/deployment-configuration.ts';
import { checkCompatibility, checkPlatformVersion } from '../../rules/launch-type.ts';
import { resolveNetworkConfiguration } from '../../rules/network-configuration.ts';
import { resolvePlacement } from '../../rules/placement.ts';

type Changes = UpdateServiceCommand['changes'];

/**
 * The members that the request names. `taskDefinition`: the one that the service will have. Present values count in the
 * checks: a definition without awsvpc is refused while the service has a network configuration.
 */
export function buildChanges(
  input: UpdateServiceRequest,
  present: ServiceDefinition,
  taskDefinition: TaskDefinition,
): Changes {
  const launchType = present.launchType ?? 'EC2';
  checkCompatibility(taskDefinition, launchType);
  checkPlatformVersion(input.platformVersion, launchType);
  return {
    ...member('desiredCount', input.desiredCount),
    ...member('platformVersion', input.platformVersion),
    ...member('healthCheckGracePeriodSeconds', input.healthCheckGracePeriodSeconds),
    ...member('availabilityZoneRebalancing', input.availabilityZoneRebalancing),
    ...member('enableECSManagedTags', input.enableECSManagedTags),
    ...member('enableExecuteCommand', input.enableExecuteCommand),
    ...member('propagateTags', input.propagateTags),
    ...deploymentChanges(input, present),
    ...networkChanges(input, present, taskDefinition),
    ...placementChanges(input, present, taskDefinition),
  };
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

/** An empty list clears; an absent one keeps. */
function placementChanges(
  input: UpdateServiceRequest,
  present: ServiceDefinition,
  taskDefinition: TaskDefinition,
): Changes {
  const { placementConstraints, placementStrategy } = resolvePlacement(
    {
      placementConstraints: input.placementConstraints ?? present.placementConstraints,
      placementStrategy: input.placementStrategy ?? present.placementStrategy,
    },
    taskDefinition,
    present.launchType ?? 'EC2',
  );
  return {
    ...(input.placementConstraints === undefined ? {} : { placementConstraints }),
    ...(input.placementStrategy === undefined ? {} : { placementStrategy }),
  };
}
