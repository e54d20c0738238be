/** awsvpc task definitions need a network configuration; others must not have one. */
import type { NetworkConfiguration } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import { presentNetworkConfiguration } from '../present/network-configuration.ts';
import { invalid } from './refusals.ts';

const MOST_SUBNETS = 16;
const MOST_SECURITY_GROUPS = 5;

/**
 * Returns the configuration with ECS's defaults; undefined for modes other than awsvpc. Throws
 * InvalidParameterException.
 */
export function resolveNetworkConfiguration(
  configuration: NetworkConfiguration | undefined,
  definition: TaskDefinition,
): NetworkConfiguration | undefined {
  const awsvpc = configuration?.awsvpcConfiguration;
  if (definition.networkMode !== 'awsvpc') {
    if (awsvpc === undefined) return undefined;
    throw invalid('Network Configuration is not valid for the given networkMode of this task definition.');
  }
  if (awsvpc === undefined) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  const subnets = awsvpc.subnets ?? [];
  if (subnets.length === 0) throw invalid('subnets can not be empty.');
  if (subnets.length > MOST_SUBNETS) throw invalid(`subnets can have at most ${MOST_SUBNETS} items.`);
  if ((awsvpc.securityGroups ?? []).length > MOST_SECURITY_GROUPS) {
    throw invalid(`securityGroups can have at most ${MOST_SECURITY_GROUPS} items.`);
  }
  return presentNetworkConfiguration(configuration);
}
