/** How many tasks a service revision has, as the ECS API shows it. */
import type { ServiceRevisionSummary } from '@aws-sdk/client-ecs';
import { serviceRevisionArn, type Partition } from '../../../model/arn.ts';
import type { ServiceDefinition } from '../../../model/service.ts';
import type { RevisionCounts } from '../../../model/service-deployment.ts';

/** Without traffic weights: a rolling deployment shifts no traffic of its own. */
export function presentRevisionCounts(
  { revisionId, ...counts }: RevisionCounts,
  { clusterName, serviceName }: Pick<ServiceDefinition, 'clusterName' | 'serviceName'>,
  partition: Partition,
): ServiceRevisionSummary {
  return { arn: serviceRevisionArn(partition, clusterName, serviceName, revisionId), ...counts };
}
