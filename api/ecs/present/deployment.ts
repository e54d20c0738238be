/** Presents an entry of a service's `deployments[]`. */
import type { Deployment as WireDeployment } from '@aws-sdk/client-ecs';
import { launchTypeOf } from '../../../model/capacity-provider.ts';
import type { Deployment, DeploymentCounts, ServiceDefinition } from '../../../model/service.ts';
import { presentNetworkConfiguration } from './network-configuration.ts';
import { PLATFORM_FAMILY, resolvePlatformVersion } from '../../../model/wire/platform.ts';

/** The deployment as the API shows it. FARGATE deployments show the platform version that LATEST stands for. */
export function presentDeployment(
  deployment: Deployment & DeploymentCounts,
  definition: Pick<ServiceDefinition, 'serviceConnectConfiguration'>,
): WireDeployment {
  const fargate = launchTypeOf(deployment) === 'FARGATE';
  return {
    id: deployment.deploymentId,
    status: deployment.status,
    taskDefinition: deployment.taskDefinitionArn,
    desiredCount: deployment.desiredCount,
    pendingCount: deployment.pendingCount,
    runningCount: deployment.runningCount,
    failedTasks: deployment.failedTasks,
    createdAt: new Date(deployment.createdAt),
    updatedAt: new Date(deployment.updatedAt),
    capacityProviderStrategy: deployment.capacityProviderStrategy && [...deployment.capacityProviderStrategy],
    launchType: deployment.launchType,
    platformVersion: fargate ? resolvePlatformVersion(deployment.platformVersion) : undefined,
    platformFamily: fargate ? PLATFORM_FAMILY : undefined,
    networkConfiguration: presentNetworkConfiguration(deployment.networkConfiguration),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    serviceConnectConfiguration: deployment.status === 'PRIMARY' ? definition.serviceConnectConfiguration : undefined,
  };
}
