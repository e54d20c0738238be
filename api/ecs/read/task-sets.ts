/** What the task set operations share: finding the service and the set that a request means, and reading its scale. */
import type { Scale, TaskSet } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../model/errors.ts';
import type { ServiceRecord } from '../../../model/service.ts';
import { isExternal } from '../../../model/task-set.ts';
import { checkArn } from '../rules/arns.ts';
import { requireCluster, resolveClusterName } from '../rules/clusters.ts';
import type { OperationContext } from '../../operation.ts';
import { presentTaskSet } from '../present/task-set.ts';
import { both } from './both.ts';
import { requireService } from './services.ts';
import { resolveIdentifier } from '../rules/identifiers.ts';
import { invalid } from '../rules/refusals.ts';

/** An absent scale is all of the desired count. */
const DEFAULT_SCALE = 100;

interface ServiceRequest {
  readonly cluster: string | undefined;
  readonly service: string | undefined;
}

/** The ACTIVE service of task sets that a request names. UnsupportedFeatureException when its controller is another. */
export async function requireExternalService(
  { cluster, service = '' }: ServiceRequest,
  context: OperationContext,
): Promise<ServiceRecord> {
  const record = await requireTaskSetService({ cluster, service }, context);
  if (record.status !== 'ACTIVE') throw notActive();
  return record;
}

const notActive = (): EcsError => new EcsError('ServiceNotActiveException', 'Service was not ACTIVE.');

/** As requireExternalService, for reading: a DRAINING service still shows its task sets. */
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

/** `ecs-svc/<digits>` of an id or an ARN. InvalidParameterException for the ARN of another service's task set. */
export function resolveTaskSetId(identifier: string, record: ServiceRecord, context: OperationContext): string {
  if (!identifier.startsWith('arn:')) return identifier;
  const [cluster, service, ...id] = checkArn('task-set', identifier, context.partition).path;
  const { clusterName, serviceName } = record.definition;
  if (cluster !== clusterName || service !== serviceName) {
    throw invalid(
      `Invalid identifier: the task set does not belong to service ${serviceName} of cluster ${clusterName}.`,
    );
  }
  return id.join('/');
}

/** Percent of the desired count. */
export function resolveScale(scale: Scale | undefined): number {
  const value = scale?.value ?? DEFAULT_SCALE;
  if (!(value >= 0 && value <= 100)) throw invalid('The scale value must be between 0 and 100.');
  return value;
}

/** The task set as it is recorded now: what a changing call answers with. */
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
