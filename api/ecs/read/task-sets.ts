/** Reads the service that a task set request means, and its task sets as they are recorded. */
import type { TaskSet } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../model/errors.ts';
import type { ServiceRecord } from '../../../model/service.ts';
import { isExternal } from '../../../model/task-set.ts';
import { requireCluster } from './clusters.ts';
import { resolveClusterName } from '../rules/clusters.ts';
import type { OperationContext } from '../../operation.ts';
import { presentTaskSet } from '../present/task-set.ts';
import { both } from './both.ts';
import { requireService } from './services.ts';
import { resolveIdentifier } from '../rules/identifiers.ts';

interface ServiceRequest {
  readonly cluster: string | undefined;
  readonly service: string | undefined;
}

/**
 * Returns the ACTIVE service that a request names. Throws UnsupportedFeatureException if its deployment controller is
 * not EXTERNAL.
 */
export async function requireExternalService(
  { cluster, service = '' }: ServiceRequest,
  context: OperationContext,
): Promise<ServiceRecord> {
  const record = await requireTaskSetService({ cluster, service }, context);
  if (record.status !== 'ACTIVE') throw notActive();
  return record;
}

const notActive = (): EcsError => new EcsError('ServiceNotActiveException', 'Service was not ACTIVE.');

/** As requireExternalService, but for reading: a DRAINING service still shows its task sets. */
export async function requireTaskSetService(
  { cluster, service = '' }: ServiceRequest,
  context: OperationContext,
): Promise<ServiceRecord> {
  const clusterName = resolveClusterName(cluster, context);
  const serviceName = resolveIdentifier('service', service, { clusterName, ...context });
  const [, record] = await both(requireCluster(context, cluster), requireService(context, clusterName, serviceName));
  if (!isExternal(record.definition)) {
    throw new EcsError(
      'UnsupportedFeatureException',
      'Task sets are only supported for services that use the EXTERNAL deployment controller.',
    );
  }
  if (record.status === 'INACTIVE') throw notActive();
  return record;
}

/** The answer to a changing call: the task set as it is recorded now. */
export async function answerTaskSet(
  record: ServiceRecord,
  taskSetId: string,
  context: OperationContext,
): Promise<TaskSet> {
  const { clusterName, serviceName } = record.definition;
  const now = await requireService(context, clusterName, serviceName);
  const found = now.deployments.find(({ deploymentId }) => deploymentId === taskSetId);
  if (found === undefined) throw new EcsError('TaskSetNotFoundException', 'The specified task set does not exist.');
  return presentTaskSet(found, { record: now, partition: context.partition }, { includeTags: true });
}
