/** Reads the parameters of the task set operations: the task set's id or ARN, and its scale. */
import type { Scale } from '@aws-sdk/client-ecs';
import type { ServiceRecord } from '../../../model/service.ts';
import type { OperationContext } from '../../operation.ts';
import { checkArn } from './arns.ts';
import { invalid } from './refusals.ts';

/** The default is the whole desired count. */
const DEFAULT_SCALE = 100;

/**
 * Returns the id, `ecs-svc/<digits>`, from an id or an ARN. Throws InvalidParameterException for another service's task
 * set.
 */
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

/** Returns the scale in percent of the desired count. Throws InvalidParameterException. */
export function resolveScale(scale: Scale | undefined): number {
  const value = scale?.value ?? DEFAULT_SCALE;
  if (!(value >= 0 && value <= 100)) throw invalid('The scale value must be between 0 and 100.');
  return value;
}
