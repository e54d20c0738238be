/** Reads the service deployments and revisions that requests name by ARN. */
import type { ServiceHistoryKey } from '../../../store/contract/services.ts';
import type { OperationContext } from '../../operation.ts';
import { EcsError } from '../../../model/errors.ts';
import type { ServiceRecord } from '../../../model/service.ts';
import type { ServiceDeployment } from '../../../model/service-deployment.ts';
import { checkArn } from '../rules/arns.ts';
import { findService } from './services.ts';
import { invalid } from '../rules/refusals.ts';

export interface HistoryReference extends ServiceHistoryKey {
  readonly arn: string;
  readonly id: string;
}

/**
 * Splits the ARN into its parts. Throws InvalidParameterException if it is not an ARN of that type in this account and
 * region.
 */
export function readHistoryArn(
  type: 'service-deployment' | 'service-revision',
  arn: string,
  { partition }: Pick<OperationContext, 'partition'>,
): HistoryReference {
  if (!arn.startsWith('arn:')) throw invalid(`Invalid identifier: expected the ARN of a ${type}, but got ${arn}.`);
  const [clusterName, serviceName, id, ...rest] = checkArn(type, arn, partition).path;
  if (clusterName === undefined || serviceName === undefined || id === undefined || rest.length > 0)
    throw invalid('The ARN provided is invalid.');
  return { arn, clusterName, serviceName, id };
}

interface FoundServiceDeployment {
  readonly reference: HistoryReference;
  readonly record: ServiceRecord;
  readonly deployment: ServiceDeployment;
}

/** Returns the service deployment and its service. Throws ServiceDeploymentNotFoundException if either is unknown. */
async function requireServiceDeployment(
  context: Pick<OperationContext, 'store' | 'partition'>,
  arn: string,
): Promise<FoundServiceDeployment> {
  const reference = readHistoryArn('service-deployment', arn, context);
  const record = await findService(context, reference.clusterName, reference.serviceName);
  const [deployment] = await context.store.getServiceDeployments(reference, [reference.id]);
  if (record === undefined || deployment === undefined)
    throw new EcsError('ServiceDeploymentNotFoundException', 'The specified service deployment was not found.');
  return { reference, record, deployment };
}

/** As requireServiceDeployment, but throws ConflictException if the service deployment has ended. */
export async function requireRunningServiceDeployment(
  context: Pick<OperationContext, 'store' | 'partition'>,
  arn: string,
): Promise<FoundServiceDeployment> {
  const found = await requireServiceDeployment(context, arn);
  const { finishedAt, status } = found.deployment;
  if (finishedAt !== undefined)
    throw new EcsError('ConflictException', `The service deployment has ended. Its status is ${status}.`);
  return found;
}
