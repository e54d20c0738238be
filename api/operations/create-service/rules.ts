/** Checks of a CreateService request that need nothing of the store. */
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../model/errors.ts';
import { checkClientToken } from '../../rules/ownership.ts';
import { invalid } from '../../rules/refusals.ts';
import { refuseUnsupportedParts } from '../../rules/service-parts.ts';
import { checkDesiredCount, checkGracePeriod } from '../../rules/service-values.ts';
import { resolvePropagateTags } from '../../rules/task-tags.ts';
import { checkName } from '../shared/names.ts';
import { validateTags } from '../shared/tags.ts';

const MOST_TOKEN_CHARACTERS = 36;

/** InvalidParameterException or UnsupportedFeatureException for what is wrong whatever the cluster holds. */
export function checkCreateService(input: CreateServiceRequest): void {
  checkName('Service name', input.serviceName ?? '');
  checkClientToken(input.clientToken, MOST_TOKEN_CHARACTERS);
  if (input.schedulingStrategy === 'DAEMON' && input.desiredCount !== undefined) {
    throw invalid('The daemon scheduling strategy does not support a desired count for services');
  }
  refuseUnsupportedParts(input);
  if (input.desiredCount === undefined) throw invalid('desiredCount must be specified for REPLICA services');
  checkDesiredCount(input.desiredCount);
  checkGracePeriod(input.healthCheckGracePeriodSeconds ?? 0);
  if (input.role !== undefined && input.role !== '') {
    throw invalid('role is only valid for services configured to use load balancers');
  }
  if (input.taskDefinition === undefined || input.taskDefinition === '') {
    throw new EcsError('ClientException', 'TaskDefinition can not be blank.');
  }
  resolvePropagateTags(input.propagateTags, 'service');
  validateTags(input.tags);
}
