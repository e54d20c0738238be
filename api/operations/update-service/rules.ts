/** Checks of an UpdateService request that need nothing of the store. */
import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import { checkStrategy } from '../../rules/capacity-provider-strategy.ts';
import { refuseUnsupportedParts } from '../../rules/service-parts.ts';
import { checkDesiredCount, checkGracePeriod } from '../../rules/service-values.ts';
import { resolvePropagateTags } from '../../rules/task-tags.ts';

/** InvalidParameterException or UnsupportedFeatureException for what is wrong whatever the service is like. */
export function checkUpdateService(input: UpdateServiceRequest): void {
  refuseUnsupportedParts(input);
  checkStrategy(input.capacityProviderStrategy ?? []);
  if (input.desiredCount !== undefined) checkDesiredCount(input.desiredCount);
  checkGracePeriod(input.healthCheckGracePeriodSeconds ?? 0);
  if (input.propagateTags !== undefined) resolvePropagateTags(input.propagateTags, 'service');
}
