/** How many tasks a deployment may have too few or too many. */
import type { DeploymentCircuitBreaker, DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { ServiceDefinition } from '../../model/service.ts';
import { invalid } from './refusals.ts';

type DeploymentBounds = Pick<
  ServiceDefinition,
  'minimumHealthyPercent' | 'maximumPercent' | 'deploymentCircuitBreaker'
>;

/** ECS's defaults for REPLICA services. */
export const REPLICA_BOUNDS: DeploymentBounds = { minimumHealthyPercent: 100, maximumPercent: 200 };

/** Of the two thresholds that are a share of the desired count. COUNT has no ceiling in ECS's model. */
const MOST_PERCENT = 100;

/** InvalidParameterException for a threshold outside its range. */
function checkCircuitBreaker({ thresholdConfiguration }: DeploymentCircuitBreaker): void {
  const { type, value } = thresholdConfiguration ?? {};
  if (value === undefined) return;
  const name = 'deploymentCircuitBreaker thresholdConfiguration value';
  if (!Number.isInteger(value) || value < 1) throw invalid(`${name} must be at least 1`);
  if (type !== 'COUNT' && value > MOST_PERCENT) throw invalid(`${name} must be at most ${MOST_PERCENT}`);
}

/**
 * What a request asks for over what holds otherwise; absent members keep. InvalidParameterException for bounds that
 * block, or a circuit breaker's threshold out of range.
 */
export function resolveDeploymentBounds(
  configuration: DeploymentConfiguration | undefined,
  kept: DeploymentBounds,
): DeploymentBounds {
  const minimumHealthyPercent = configuration?.minimumHealthyPercent ?? kept.minimumHealthyPercent;
  const maximumPercent = configuration?.maximumPercent ?? kept.maximumPercent;
  const deploymentCircuitBreaker = configuration?.deploymentCircuitBreaker ?? kept.deploymentCircuitBreaker;
  if (configuration?.deploymentCircuitBreaker) checkCircuitBreaker(configuration.deploymentCircuitBreaker);
  if (minimumHealthyPercent < 0) throw invalid('minimumHealthyPercent must be at least 0');
  if (minimumHealthyPercent > 100) throw invalid('minimumHealthyPercent must be at most 100');
  if (maximumPercent < 100) throw invalid('maximumPercent must be at least 100');
  if (minimumHealthyPercent === 100 && maximumPercent === 100) {
    throw invalid('Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.');
  }
  return {
    minimumHealthyPercent,
    maximumPercent,
    ...(deploymentCircuitBreaker === undefined ? {} : { deploymentCircuitBreaker }),
  };
}
