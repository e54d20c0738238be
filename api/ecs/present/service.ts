/** Presents a service. */
import type { DeploymentConfiguration, Service } from '@aws-sdk/client-ecs';
import type { Partition } from '../../../model/arn.ts';
import { clusterArn, serviceArn, serviceDeploymentArn } from '../../../model/arn.ts';
import { launchTypeOf, type Compute } from '../../../model/capacity-provider.ts';
import type { DeploymentSettings } from '../../../model/service-deployment.ts';
import type { ServiceDefinition, ServiceEvent, ServiceRecord } from '../../../model/service.ts';
import { isExternal } from '../../../model/task-set.ts';
import { countRevision } from '../../../model/service-deployment.ts';
import { presentDeployment } from './deployment.ts';
import { presentTaskSets } from './task-set.ts';
import { presentNetworkConfiguration } from './network-configuration.ts';
import { LATEST_PLATFORM_VERSION, PLATFORM_FAMILY } from '../../../model/wire/platform.ts';
import { presentRevisionCounts } from './revision-counts.ts';

/** The service as the API shows it: events newest first; deployments PRIMARY first, then newest first. */
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
    events: events.map(({ id, createdAt, message }) => ({ id, createdAt: new Date(createdAt), message })),
    createdAt: new Date(record.createdAt),
    createdBy: record.createdBy,
    ...presentHistory(record, partition),
    ...presentDefinition(definition),
    ...presentRollout(record, partition, options),
    tags: options.includeTags ? [...definition.tags] : undefined,
  };
}

/** Shows the service's deployments, or its task sets. A service with task sets shows what its PRIMARY one runs. */
function presentRollout(
  record: ServiceRecord,
  partition: Partition,
  options: { readonly includeTags: boolean },
): Service {
  if (!isExternal(record.definition)) {
    const deployments = sortDeployments(record).map((each) => presentDeployment(each, record.definition));
    return { taskDefinition: record.taskDefinitionArn, deployments };
  }
  const primary = record.deployments.find(({ status }) => status === 'PRIMARY');
  return {
    taskDefinition: primary?.taskDefinitionArn,
    launchType: primary === undefined ? record.definition.launchType : primary.launchType,
    capacityProviderStrategy: primary?.capacityProviderStrategy && [...primary.capacityProviderStrategy],
    ...presentPlatform(primary ?? record.definition),
    networkConfiguration: presentNetworkConfiguration(primary?.networkConfiguration),
    deployments: [],
    taskSets: presentTaskSets(record, partition, options),
  };
}

/** Shows the platform version as the caller gave it: LATEST stays LATEST. */
function presentPlatform(
  of: Compute & { readonly platformVersion?: string },
): Pick<Service, 'platformFamily' | 'platformVersion'> {
  const fargate = launchTypeOf(of) === 'FARGATE';
  return {
    platformVersion: fargate ? (of.platformVersion ?? LATEST_PLATFORM_VERSION) : undefined,
    platformFamily: fargate ? PLATFORM_FAMILY : undefined,
  };
}

function presentDefinition(definition: ServiceDefinition): Service {
  return {
    loadBalancers: [...definition.loadBalancers],
    serviceRegistries: [...definition.serviceRegistries],
    launchType: definition.launchType,
    capacityProviderStrategy: definition.capacityProviderStrategy && [...definition.capacityProviderStrategy],
    ...presentPlatform(definition),
    deploymentConfiguration: presentDeploymentConfiguration(definition),
    roleArn: definition.role,
    placementConstraints: [...definition.placementConstraints],
    placementStrategy: [...definition.placementStrategy],
    networkConfiguration: presentNetworkConfiguration(definition.networkConfiguration),
    healthCheckGracePeriodSeconds: definition.healthCheckGracePeriodSeconds,
    schedulingStrategy: definition.schedulingStrategy,
    deploymentController: { type: definition.deploymentController ?? 'ECS' },
    enableECSManagedTags: definition.enableECSManagedTags,
    propagateTags: definition.propagateTags,
    enableExecuteCommand: definition.enableExecuteCommand,
    availabilityZoneRebalancing: definition.availabilityZoneRebalancing,
    resourceManagementType: 'CUSTOMER',
  };
}

/** The current service deployment, and the revisions that have tasks or will have some. */
function presentHistory(record: ServiceRecord, partition: Partition): Service {
  const { clusterName, serviceName } = record.definition;
  const [current] = record.serviceDeployments ?? [];
  if (current === undefined) return {};
  const revisions = new Set(
    record.deployments
      .filter(({ status, runningCount, pendingCount }) => status === 'PRIMARY' || runningCount + pendingCount > 0)
      .flatMap(({ serviceRevisionId }) => serviceRevisionId ?? []),
  );
  return {
    currentServiceDeployment: serviceDeploymentArn(partition, clusterName, serviceName, current.serviceDeploymentId),
    currentServiceRevisions: [...revisions].map((id) =>
      presentRevisionCounts(countRevision(record.deployments, id), record.definition, partition),
    ),
  };
}

/** The `deploymentConfiguration` of a service, or of a service deployment that has ended. */
export function presentDeploymentConfiguration(definition: DeploymentSettings): DeploymentConfiguration {
  return {
    deploymentCircuitBreaker: definition.deploymentCircuitBreaker ?? { enable: false, rollback: false },
    alarms: definition.alarms ?? { alarmNames: [], enable: false, rollback: false },
    maximumPercent: definition.maximumPercent,
    minimumHealthyPercent: definition.minimumHealthyPercent,
    strategy: 'ROLLING',
    bakeTimeInMinutes: definition.bakeTimeInMinutes ?? 0,
    lifecycleHooks: definition.lifecycleHooks && [...definition.lifecycleHooks],
    earlySuccessCriteria: definition.earlySuccessCriteria,
  };
}

function sortDeployments(record: ServiceRecord): ServiceRecord['deployments'] {
  const rank = (status: 'PRIMARY' | 'ACTIVE'): number => (status === 'PRIMARY' ? 0 : 1);
  return [...record.deployments].sort((a, b) => rank(a.status) - rank(b.status) || b.createdAt - a.createdAt);
}
