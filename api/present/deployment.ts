/** One entry of a service's `deployments[]` as the ECS API shows it. */
import type { Deployment as WireDeployment } from '@aws-sdk/client-ecs';
import type { Deployment, DeploymentCounts } from '../../model/service.ts';
import { presentNetworkConfiguration } from './network-configuration.ts';
import { platformMembers, resolvePlatformVersion } from './platform.ts';
import { member } from './members.ts';

/** A wire deployment; FARGATE ones show the platform version that LATEST stands for. */
export function presentDeployment(deployment: Deployment & DeploymentCounts): WireDeployment {
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
    ...(deployment.capacityProviderStrategy === undefined
      ? {}
      : { capacityProviderStrategy: [...deployment.capacityProviderStrategy] }),
    ...member('launchType', deployment.launchType),
    ...platformMembers(deployment.launchType, resolvePlatformVersion(deployment.platformVersion)),
    ...member('networkConfiguration', presentNetworkConfiguration(deployment.networkConfiguration)),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}
