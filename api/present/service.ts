/** A service of the model as the ECS API shows it. */
import type { DeploymentConfiguration, Service } from '@aws-sdk/client-ecs';
import type { Partition } from '../../model/arn.ts';
import { clusterArn, serviceArn } from '../../model/arn.ts';
import type { ServiceDefinition, ServiceEvent, ServiceRecord } from '../../model/service.ts';
import { presentDeployment } from './deployment.ts';
import { presentNetworkConfiguration } from './network-configuration.ts';
import { LATEST_PLATFORM_VERSION, PLATFORM_FAMILY } from './platform.ts';

/** A wire service. `events` come newest first; deployments are shown PRIMARY first, then newest first. */
export function presentService(
  record: ServiceRecord,
  events: readonly ServiceEvent[],
  partition: Partition,
  options: { readonly includeTags: boolean },
): Service {
  const { definition } = record;
  return {
    serviceArn: serviceArn(partition, definition.clusterName, definition.serviceName),
    serviceName: definition.serviceName,
    clusterArn: clusterArn(partition, definition.clusterName),
    status: record.status,
    desiredCount: definition.desiredCount,
    runningCount: record.runningCount,
    pendingCount: record.pendingCount,
    taskDefinition: record.taskDefinitionArn,
    deployments: sortDeployments(record).map(presentDeployment),
    events: events.map(({ id, createdAt, message }) => ({ id, createdAt: new Date(createdAt), message })),
    createdAt: new Date(record.createdAt),
    createdBy: record.createdBy,
    ...presentDefinition(definition),
    tags: options.includeTags ? [...definition.tags] : undefined,
  };
}

function presentDefinition(definition: ServiceDefinition): Service {
  const fargate = definition.launchType === 'FARGATE';
  return {
    loadBalancers: [...definition.loadBalancers],
    serviceRegistries: [...definition.serviceRegistries],
    launchType: definition.launchType,
    capacityProviderStrategy: definition.capacityProviderStrategy && [...definition.capacityProviderStrategy],
    platformVersion: fargate ? (definition.platformVersion ?? LATEST_PLATFORM_VERSION) : undefined,
    platformFamily: fargate ? PLATFORM_FAMILY : undefined,
    deploymentConfiguration: presentDeploymentConfiguration(definition),
    roleArn: definition.role,
    placementConstraints: [...definition.placementConstraints],
    placementStrategy: [...definition.placementStrategy],
    networkConfiguration: presentNetworkConfiguration(definition.networkConfiguration),
    healthCheckGracePeriodSeconds: definition.healthCheckGracePeriodSeconds,
    schedulingStrategy: definition.schedulingStrategy,
    deploymentController: { type: 'ECS' },
    enableECSManagedTags: definition.enableECSManagedTags,
    propagateTags: definition.propagateTags,
    enableExecuteCommand: definition.enableExecuteCommand,
    availabilityZoneRebalancing: definition.availabilityZoneRebalancing,
    resourceManagementType: 'CUSTOMER',
  };
}

function presentDeploymentConfiguration(definition: ServiceDefinition): DeploymentConfiguration {
  return {
    deploymentCircuitBreaker: definition.deploymentCircuitBreaker ?? { enable: false, rollback: false },
    maximumPercent: definition.maximumPercent,
    minimumHealthyPercent: definition.minimumHealthyPercent,
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
  };
}

function sortDeployments(record: ServiceRecord): ServiceRecord['deployments'] {
  const rank = (status: 'PRIMARY' | 'ACTIVE'): number => (status === 'PRIMARY' ? 0 : 1);
  return [...record.deployments].sort((a, b) => rank(a.status) - rank(b.status) || b.createdAt - a.createdAt);
}
