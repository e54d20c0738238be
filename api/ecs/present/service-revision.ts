/** Presents a service revision. */
import type { ServiceRevision as WireServiceRevision } from '@aws-sdk/client-ecs';
import { clusterArn, serviceArn, serviceRevisionArn, type Partition } from '../../../model/arn.ts';
import { launchTypeOf } from '../../../model/capacity-provider.ts';
import type { ServiceRevision } from '../../../model/service-deployment.ts';
import { presentNetworkConfiguration } from './network-configuration.ts';
import { PLATFORM_FAMILY, resolvePlatformVersion } from '../../../model/wire/platform.ts';

/** The service revision as the API shows it. FARGATE revisions show the platform version that LATEST stands for. */
export function presentServiceRevision(
  revision: ServiceRevision,
  { clusterName, serviceName }: { readonly clusterName: string; readonly serviceName: string },
  partition: Partition,
): WireServiceRevision {
  const fargate = launchTypeOf(revision) === 'FARGATE';
  return {
    serviceRevisionArn: serviceRevisionArn(partition, clusterName, serviceName, revision.revisionId),
    serviceArn: serviceArn(partition, clusterName, serviceName),
    clusterArn: clusterArn(partition, clusterName),
    taskDefinition: revision.taskDefinitionArn,
    capacityProviderStrategy: revision.capacityProviderStrategy && [...revision.capacityProviderStrategy],
    launchType: revision.launchType,
    platformVersion: fargate ? resolvePlatformVersion(revision.platformVersion) : undefined,
    platformFamily: fargate ? PLATFORM_FAMILY : undefined,
    loadBalancers: [...revision.loadBalancers],
    serviceRegistries: [...revision.serviceRegistries],
    networkConfiguration: presentNetworkConfiguration(revision.networkConfiguration),
    containerImages: revision.containerImages.map((image) => ({ ...image })),
    guardDutyEnabled: false,
    createdAt: new Date(revision.createdAt),
  };
}
