/** Checks of an UpdateService request that do not need the store. */
import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { ServiceDefinition } from '../../../../model/service.ts';
import { checkStrategy } from '../../rules/capacity-provider-strategy.ts';
import { unsupported } from '../../rules/refusals.ts';
import { refuseUnsupportedParts } from '../../rules/service-parts.ts';
import { checkDesiredCount, checkGracePeriod } from '../../rules/service-values.ts';
import { resolvePropagateTags } from '../../rules/task-tags.ts';

/** Throws InvalidParameterException or UnsupportedFeatureException for what is wrong whatever the service. */
export function checkUpdateService(input: UpdateServiceRequest): void {
  refuseUnsupportedParts(input);
  checkStrategy(input.capacityProviderStrategy ?? []);
  if (input.desiredCount !== undefined) checkDesiredCount(input.desiredCount);
  checkGracePeriod(input.healthCheckGracePeriodSeconds ?? 0);
  if (input.propagateTags !== undefined) resolvePropagateTags(input.propagateTags, 'service');
}

/** A service keeps the deployment controller that it was created with; a request may name that one. */
export function checkController({ deploymentController }: UpdateServiceRequest, present: ServiceDefinition): void {
  const asked = deploymentController?.type;
  const { schedulingStrategy, deploymentController: has = 'ECS' } = present;
  // A DAEMON service has its own refusal.
  if (asked === undefined || asked === has || schedulingStrategy === 'DAEMON') return;
  throw unsupported(`a deploymentController other than the service's own, ${has}`);
}
