/** Presents how many tasks a service revision has. */
import type { ServiceRevisionSummary } from '@aws-sdk/client-ecs';
import { serviceRevisionArn, type Partition } from '../../../model/arn.ts';
import type { ServiceDefinition } from '../../../model/service.ts';
import type { RevisionCounts } from '../../../model/service-deployment.ts';

/** Has no traffic weights, because a rolling deployment does not shift traffic. */
export function presentRevisionCounts(
  { revisionId, ...counts }: RevisionCounts,
  { clusterName, serviceName }: Pick<ServiceDefinition, 'clusterName' | 'serviceName'>,
  partition: Partition,
): ServiceRevisionSummary {
  return { arn: serviceRevisionArn(partition, clusterName, serviceName, revisionId), ...counts };
}
