/**
 * CreateService for a service with the deployment controller EXTERNAL, most of whose settings belong to its task sets.
 */
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { ServiceDefinition } from '../../../../model/service.ts';
import type { ClusterRecord } from '../../../../store/contract/clusters.ts';
import {
  checkTaskSetDeployments,
  REPLICA_BOUNDS,
  resolveDeploymentBounds,
} from '../../rules/deployment-configuration.ts';
import { knownLaunchType } from '../../rules/launch-type.ts';
import { member } from '../../members.ts';
import { resolvePlacement } from '../../rules/placement.ts';
import { invalid } from '../../rules/refusals.ts';
import { commonParts } from './common-parts.ts';

export const isExternalRequest = ({ deploymentController }: CreateServiceRequest): boolean =>
  deploymentController?.type === 'EXTERNAL';

type Member = keyof CreateServiceRequest;

/** Members that belong to task sets, with ECS's name for each in its refusal. */
const OF_TASK_SETS: readonly (readonly [Member, string])[] = [
  ['taskDefinition', 'TaskDefinition'],
  ['networkConfiguration', 'NetworkConfiguration'],
  ['platformVersion', 'PlatformVersion'],
  ['capacityProviderStrategy', 'CapacityProviderStrategy'],
  ['loadBalancers', 'LoadBalancers'],
  ['serviceConnectConfiguration', 'ServiceConnectConfiguration'],
];

const isBlank = (value: unknown): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/**
 * Throws InvalidParameterException for members that only a task set may have, and for DAEMON, which has no task sets.
 */
export function checkExternalService(input: CreateServiceRequest): void {
  const given = OF_TASK_SETS.find(([name]) => !isBlank(input[name]));
  if (given !== undefined) throw invalid(`${given[1]} must be blank`);
  if (input.schedulingStrategy === 'DAEMON') {
    throw invalid('The DAEMON scheduling strategy is not supported with the EXTERNAL deployment controller.');
  }
  checkTaskSetDeployments(input.deploymentConfiguration);
  if (input.availabilityZoneRebalancing === 'ENABLED') {
    throw invalid('Availability Zone rebalancing is not supported with the EXTERNAL deployment controller.');
  }
}

/** Builds the definition. Task sets that name no launch type take its `launchType`. */
export function buildExternalDefinition(input: CreateServiceRequest, cluster: ClusterRecord): ServiceDefinition {
  const launchType = input.launchType === undefined ? undefined : knownLaunchType(input.launchType);
  return {
    serviceName: input.serviceName ?? '',
    clusterName: cluster.clusterName,
    schedulingStrategy: 'REPLICA',
    deploymentController: 'EXTERNAL',
    desiredCount: input.desiredCount ?? 0,
    ...member('launchType', launchType),
    ...resolveDeploymentBounds(input.deploymentConfiguration, REPLICA_BOUNDS),
    ...resolvePlacement(input, {}, launchType ?? 'EC2'),
    availabilityZoneRebalancing: 'DISABLED',
    ...commonParts(input),
  };
}
