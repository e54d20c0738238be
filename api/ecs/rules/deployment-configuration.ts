/** Checks how a service's deployments run: bounds, circuit breaker, bake time, early success, hooks. */
import type {
  DeploymentCircuitBreaker,
  DeploymentConfiguration,
  DeploymentEarlySuccessCriteria,
} from '@aws-sdk/client-ecs';
import type { DeploymentSettings } from '../../../model/service-deployment.ts';
import { checkLifecycleHooks } from './lifecycle-hooks.ts';
import { member } from '../members.ts';
import { invalid } from './refusals.ts';

/** ECS's defaults for REPLICA services. */
export const REPLICA_BOUNDS: DeploymentSettings = { minimumHealthyPercent: 100, maximumPercent: 200 };

/** Limit of both thresholds that are a share of the desired count. In ECS's model COUNT has no limit. */
const MOST_PERCENT = 100;

/** Throws InvalidParameterException for a threshold outside its range. */
function checkCircuitBreaker({ thresholdConfiguration }: DeploymentCircuitBreaker): void {
  const { type, value } = thresholdConfiguration ?? {};
  if (value === undefined) return;
  const name = 'deploymentCircuitBreaker thresholdConfiguration value';
  if (!Number.isInteger(value) || value < 1) throw invalid(`${name} must be at least 1`);
  if (type !== 'COUNT' && value > MOST_PERCENT) throw invalid(`${name} must be at most ${MOST_PERCENT}`);
}

/** ECS limits every stage of a deployment to a day. */
const LONGEST_BAKE_MINUTES = 1440;

function checkBakeTime(minutes: number): void {
  if (!Number.isInteger(minutes) || minutes < 0 || minutes > LONGEST_BAKE_MINUTES)
    throw invalid(`bakeTimeInMinutes must be between 0 and ${LONGEST_BAKE_MINUTES}`);
}

/**
 * Throws InvalidParameterException for criteria that are incomplete, or that ask for less than what must be healthy
 * anyway.
 */
function checkEarlySuccess(criteria: DeploymentEarlySuccessCriteria, minimumHealthyPercent: number): void {
  if (criteria.enable !== true) return;
  const { healthyPercent, sourceServiceRevisionCleanup } = criteria;
  if (healthyPercent === undefined || sourceServiceRevisionCleanup === undefined)
    throw invalid(
      'earlySuccessCriteria must specify healthyPercent and sourceServiceRevisionCleanup when it is enabled.',
    );
  if (!Number.isInteger(healthyPercent) || healthyPercent < 0 || healthyPercent > MOST_PERCENT)
    throw invalid(`earlySuccessCriteria healthyPercent must be between 0 and ${MOST_PERCENT}`);
  if (healthyPercent < minimumHealthyPercent)
    throw invalid('earlySuccessCriteria healthyPercent must be at least minimumHealthyPercent.');
}

/**
 * Task sets are replaced within minimumHealthyPercent and maximumPercent, like other tasks. All other settings concern
 * rolling deployments, which such a service does not have: throws InvalidParameterException if a request has them.
 */
export function checkTaskSetDeployments(configuration: DeploymentConfiguration | undefined): void {
  const { deploymentCircuitBreaker, bakeTimeInMinutes = 0, earlySuccessCriteria, lifecycleHooks } = configuration ?? {};
  const asked = {
    deploymentCircuitBreaker: deploymentCircuitBreaker?.enable === true,
    bakeTimeInMinutes: bakeTimeInMinutes !== 0,
    earlySuccessCriteria: earlySuccessCriteria?.enable === true,
    lifecycleHooks: (lifecycleHooks ?? []).length > 0,
  };
  for (const [name, isAsked] of Object.entries(asked)) {
    if (isAsked) throw invalid(`${name} is only supported with the ECS deployment controller.`);
  }
}

/**
 * Returns the requested settings on top of the present or default ones, which absent members keep. Throws
 * InvalidParameterException for bounds that block deployments and values out of range, UnsupportedFeatureException for
 * hooks that are not built.
 */
export function resolveDeploymentBounds(
  configuration: DeploymentConfiguration | undefined,
  kept: DeploymentSettings,
): DeploymentSettings {
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
  const earlySuccessCriteria = configuration?.earlySuccessCriteria ?? kept.earlySuccessCriteria;
  if (earlySuccessCriteria) checkEarlySuccess(earlySuccessCriteria, minimumHealthyPercent);
  checkBakeTime(configuration?.bakeTimeInMinutes ?? 0);
  checkLifecycleHooks(configuration);
  return {
    minimumHealthyPercent,
    maximumPercent,
    ...member('deploymentCircuitBreaker', deploymentCircuitBreaker),
    ...member('alarms', configuration?.alarms ?? kept.alarms),
    ...member('bakeTimeInMinutes', configuration?.bakeTimeInMinutes ?? kept.bakeTimeInMinutes),
    ...member('earlySuccessCriteria', earlySuccessCriteria),
    ...member('lifecycleHooks', configuration?.lifecycleHooks ?? kept.lifecycleHooks),
  };
}
