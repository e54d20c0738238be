/** Checks PAUSE hooks of rolling deployments. */
import type { DeploymentConfiguration, DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import { invalid, unsupported } from './refusals.ts';

/** Fourteen days. */
const LONGEST_TIMEOUT_MINUTES = 20_160;

/**
 * The stages of a rolling deployment that can have hooks. It has no test traffic, and no stage before its traffic
 * shifts.
 */
const HOOK_STAGES = ['RECONCILE_SERVICE', 'PRE_SCALE_UP', 'POST_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT'] as const;

/** Stages that take only AWS_LAMBDA hooks. */
const NO_PAUSE_STAGES: readonly string[] = ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'];

/** Throws InvalidParameterException or UnsupportedFeatureException for hooks that are not possible. */
export function checkLifecycleHooks(configuration: DeploymentConfiguration | undefined): void {
  for (const hook of configuration?.lifecycleHooks ?? []) checkHook(hook);
}

function checkHook(hook: DeploymentLifecycleHook): void {
  if (hook.targetType !== 'PAUSE')
    throw unsupported('deploymentConfiguration.lifecycleHooks with targetType AWS_LAMBDA');
  if (hook.hookTargetArn !== undefined || hook.roleArn !== undefined)
    throw invalid('hookTargetArn and roleArn cannot be specified for lifecycle hooks with targetType PAUSE.');
  const { lifecycleStages: stages = [], timeoutConfiguration: timeout } = hook;
  if (stages.length === 0) throw invalid('lifecycleStages must be specified for a lifecycle hook.');
  for (const stage of stages) {
    if (NO_PAUSE_STAGES.includes(stage))
      throw invalid(`Lifecycle hooks with targetType PAUSE cannot be configured at the stage ${stage}.`);
    if (!HOOK_STAGES.some((own) => own === stage))
      throw unsupported(`deploymentConfiguration.lifecycleHooks at the stage ${stage} of a ROLLING deployment`);
  }
  const { timeoutInMinutes: minutes } = timeout ?? {};
  if (minutes !== undefined && (!Number.isInteger(minutes) || minutes < 1 || minutes > LONGEST_TIMEOUT_MINUTES))
    throw invalid(`timeoutInMinutes must be between 1 and ${LONGEST_TIMEOUT_MINUTES}`);
}
