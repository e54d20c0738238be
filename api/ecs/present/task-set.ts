/** Presents task sets. */
import type { TaskSet } from '@aws-sdk/client-ecs';
import { clusterArn, serviceArn, taskSetArn, type Partition } from '../../../model/arn.ts';
import { launchTypeOf } from '../../../model/capacity-provider.ts';
import type { Deployment, DeploymentCounts, ServiceRecord } from '../../../model/service.ts';
import { presentNetworkConfiguration } from './network-configuration.ts';
import { PLATFORM_FAMILY, resolvePlatformVersion } from '../../../model/wire/platform.ts';

interface Options {
  readonly includeTags: boolean;
}

/** The service's task sets: PRIMARY first, then newest first, which is the order of the record. */
export const presentTaskSets = (record: ServiceRecord, partition: Partition, options: Options): TaskSet[] =>
  record.deployments.map((deployment) => presentTaskSet(deployment, { record, partition }, options));

/** One task set of the service. */
export function presentTaskSet(
  deployment: Deployment & DeploymentCounts,
  { record, partition }: { readonly record: ServiceRecord; readonly partition: Partition },
  { includeTags }: Options,
): TaskSet {
  const { clusterName: cluster, serviceName: service } = record.definition;
  const { deploymentId, taskSet } = deployment;
  const fargate = launchTypeOf(deployment) === 'FARGATE';
  return {
    id: deploymentId,
    taskSetArn: taskSetArn(partition, { cluster, service, taskSetId: deploymentId }),
    serviceArn: serviceArn(partition, cluster, service),
    clusterArn: clusterArn(partition, cluster),
    externalId: taskSet?.externalId,
    status: taskSet?.draining === true ? 'DRAINING' : deployment.status,
    taskDefinition: deployment.taskDefinitionArn,
    computedDesiredCount: deployment.desiredCount,
    pendingCount: deployment.pendingCount,
    runningCount: deployment.runningCount,
    createdAt: new Date(deployment.createdAt),
    updatedAt: new Date(deployment.updatedAt),
    launchType: deployment.launchType,
    capacityProviderStrategy: deployment.capacityProviderStrategy && [...deployment.capacityProviderStrategy],
    platformVersion: fargate ? resolvePlatformVersion(deployment.platformVersion) : undefined,
    platformFamily: fargate ? PLATFORM_FAMILY : undefined,
    networkConfiguration: presentNetworkConfiguration(deployment.networkConfiguration),
    loadBalancers: [],
    serviceRegistries: [],
    scale: { value: taskSet?.scale, unit: 'PERCENT' },
    stabilityStatus: taskSet?.stabilityStatus,
    stabilityStatusAt: taskSet && new Date(taskSet.stabilityStatusAt),
    tags: includeTags ? [...(taskSet?.tags ?? [])] : undefined,
  };
}
