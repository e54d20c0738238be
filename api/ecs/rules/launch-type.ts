/** Finds out which compute a request asks for, and whether the task definition is compatible with it. */
import type { CapacityProviderStrategyItem, TaskOverride } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../model/arn.ts';
import type { Compute } from '../../../model/capacity-provider.ts';
import { EcsError } from '../../../model/errors.ts';
import type { LaunchType } from '../../../model/status.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import type { ClusterRecord } from '../../../store/contract/clusters.ts';
import { overriddenContainers } from '../../../model/task-requirements.ts';
import { fargateSizeRule } from './task-definition/fargate.ts';
import { CURRENT_PLATFORM_VERSION, LATEST_PLATFORM_VERSION } from '../../../model/wire/platform.ts';
import { resolveStrategy } from './capacity-provider-strategy.ts';
import { invalid } from './refusals.ts';

/** ECS's default if neither the request nor the cluster names any compute. */
const DEFAULT_LAUNCH_TYPE: LaunchType = 'EC2';

export interface ComputeRequest {
  readonly launchType?: string | undefined;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined;
}

/** Returns the request's launch type or strategy; if it has neither, the cluster's default strategy, or EC2. */
export function resolveCompute(request: ComputeRequest, cluster: ClusterRecord, partition: Partition): Compute {
  const strategy = request.capacityProviderStrategy ?? [];
  if (request.launchType !== undefined && strategy.length > 0) {
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  if (request.launchType !== undefined) return { launchType: knownLaunchType(request.launchType) };
  if (strategy.length > 0) {
    const scope = { origin: 'specified', partition, associated: cluster.capacityProviders } as const;
    return { capacityProviderStrategy: resolveStrategy(strategy, scope) };
  }
  if (cluster.defaultCapacityProviderStrategy.length > 0) {
    return { capacityProviderStrategy: cluster.defaultCapacityProviderStrategy };
  }
  return { launchType: DEFAULT_LAUNCH_TYPE };
}

/** Returns a launch type that Longshore supports; throws for others. */
export function knownLaunchType(launchType: string): LaunchType {
  switch (launchType) {
    case 'EC2':
    case 'FARGATE':
    case 'EXTERNAL':
      return launchType;
    case 'MANAGED_INSTANCES':
      throw new EcsError(
        'UnsupportedFeatureException',
        'launchType MANAGED_INSTANCES is not supported by Longshore yet. Specify EC2, FARGATE or EXTERNAL.',
      );
    default:
      throw invalid('launch type should be one of [EC2,FARGATE,EXTERNAL]');
  }
}

/**
 * A definition runs only on compute that it was found compatible with when it was registered. Throws
 * InvalidParameterException.
 */
export function checkCompatibility(definition: TaskDefinition, launchType: LaunchType): void {
  if (definition.compatibilities !== undefined && !definition.compatibilities.includes(launchType)) {
    throw invalid(`Task definition does not support launch_type ${launchType}.`);
  }
}

/** A FARGATE task must have one of ECS's sizes, also after the call's overrides. */
export function checkFargateSize(definition: TaskDefinition, overrides: TaskOverride, launchType: LaunchType): void {
  if (launchType !== 'FARGATE') return;
  const { cpu = definition.cpu, memory = definition.memory } = overrides;
  const containerDefinitions = [...overriddenContainers(definition, overrides)];
  const [problem] = fargateSizeRule({ ...definition, containerDefinitions, cpu, memory });
  if (problem !== undefined) throw new EcsError('ClientException', problem);
}

const PLATFORM_VERSIONS = [LATEST_PLATFORM_VERSION, CURRENT_PLATFORM_VERSION];

/** Only FARGATE has platform versions. Throws PlatformUnknownException for a version that Longshore does not offer. */
export function checkPlatformVersion(platformVersion: string | undefined, launchType: LaunchType): void {
  if (platformVersion === undefined) return;
  if (launchType !== 'FARGATE') {
    throw invalid(`The platform version must be null when specifying an ${launchType} launch type`);
  }
  if (!PLATFORM_VERSIONS.includes(platformVersion)) {
    throw new EcsError(
      'PlatformUnknownException',
      `The platform version ${platformVersion} does not exist. Specify one of [${PLATFORM_VERSIONS.join(',')}].`,
    );
  }
}
