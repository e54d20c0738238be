/** Checks of a CreateService request that do not need the store. */
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../../model/errors.ts';
import { checkDaemon } from '../../rules/daemon.ts';
import { checkClientToken } from '../../rules/ownership.ts';
import { invalid } from '../../rules/refusals.ts';
import { refuseUnsupportedParts } from '../../rules/service-parts.ts';
import { checkDesiredCount, checkGracePeriod } from '../../rules/service-values.ts';
import { resolvePropagateTags } from '../../rules/task-tags.ts';
import { checkExternalService, isExternalRequest } from './external.ts';
import { checkName } from '../../rules/names.ts';
import { validateTags } from '../../rules/tags.ts';

const MOST_TOKEN_CHARACTERS = 36;

/** Throws InvalidParameterException or UnsupportedFeatureException for what is wrong whatever the cluster contains. */
export function checkCreateService(input: CreateServiceRequest): void {
  checkName('Service name', input.serviceName ?? '');
  checkClientToken(input.clientToken, MOST_TOKEN_CHARACTERS);
  if (input.schedulingStrategy === 'DAEMON') checkDaemon(input);
  if (isExternalRequest(input)) checkExternalService(input);
  refuseUnsupportedParts(input);
  if (!isExternalRequest(input)) checkEcsService(input);
  checkDesiredCount(input.desiredCount ?? 0);
  checkGracePeriod(input.healthCheckGracePeriodSeconds ?? 0);
  if (input.role !== undefined && input.role !== '') {
    throw invalid('role is only valid for services configured to use load balancers');
  }
  resolvePropagateTags(input.propagateTags, 'service');
  validateTags(input.tags);
}

/** Checks a service whose deployments Longshore rolls out. */
function checkEcsService(input: CreateServiceRequest): void {
  if (input.desiredCount === undefined && input.schedulingStrategy !== 'DAEMON')
    throw invalid('desiredCount must be specified for REPLICA services');
  if (input.taskDefinition === undefined || input.taskDefinition === '') {
    throw new EcsError('ClientException', 'TaskDefinition can not be blank.');
  }
}
