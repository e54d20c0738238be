/** The members of a CreateService request that mean the same for every deployment controller. */
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { ServiceDefinition } from '../../../../model/service.ts';
import { member } from '../../members.ts';
import { resolvePropagateTags } from '../../rules/task-tags.ts';
import { validateTags } from '../../rules/tags.ts';

type CommonPart =
  | 'healthCheckGracePeriodSeconds'
  | 'enableECSManagedTags'
  | 'enableExecuteCommand'
  | 'propagateTags'
  | 'loadBalancers'
  | 'serviceConnectConfiguration'
  | 'serviceRegistries'
  | 'tags';

export const commonParts = (input: CreateServiceRequest): Pick<ServiceDefinition, CommonPart> => ({
  healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0,
  enableECSManagedTags: input.enableECSManagedTags ?? false,
  enableExecuteCommand: input.enableExecuteCommand ?? false,
  propagateTags: resolvePropagateTags(input.propagateTags, 'service'),
  loadBalancers: [],
  serviceRegistries: [],
  ...member('serviceConnectConfiguration', input.serviceConnectConfiguration),
  tags: validateTags(input.tags),
});
