/** What UpdateService changes, and whether the change starts a deployment (by ECS's table in UpdateService). */
import { launchTypeOf } from '../../model/capacity-provider.ts';
import type { ServiceDefinition } from '../../model/service.ts';
import { deepEqual } from './deep-equal.ts';

/** The members that UpdateService may change. */
export type ServiceChanges = Partial<
  Omit<
    ServiceDefinition,
    'serviceName' | 'clusterName' | 'schedulingStrategy' | 'deploymentController' | 'tags' | 'role'
  >
>;

/**
 * Whether a changed value of the member starts a deployment. As ECS's API model says, the capacity provider strategy does
 * not, unless its tasks get another launch type; callers that want to move their tasks at once also pass
 * forceNewDeployment, as they have always done.
 */
export const STARTS_DEPLOYMENT: Readonly<Record<keyof ServiceChanges, boolean>> = {
  networkConfiguration: true,
  platformVersion: true,
  loadBalancers: true,
  serviceRegistries: true,
  launchType: true,
  desiredCount: false,
  capacityProviderStrategy: false,
  minimumHealthyPercent: false,
  maximumPercent: false,
  deploymentCircuitBreaker: false,
  alarms: false,
  bakeTimeInMinutes: false,
  earlySuccessCriteria: false,
  lifecycleHooks: false,
  placementConstraints: false,
  placementStrategy: false,
  healthCheckGracePeriodSeconds: false,
  availabilityZoneRebalancing: false,
  enableECSManagedTags: false,
  enableExecuteCommand: false,
  propagateTags: false,
  // An enabled one would start a deployment, but it is never enabled.
  serviceConnectConfiguration: false,
};

export interface ServiceUpdate {
  /** Absent members stay unchanged; an empty list clears a member. */
  readonly changes: ServiceChanges;
  readonly taskDefinitionArn?: string;
  readonly forceNewDeployment: boolean;
}

/** A service has a launch type or a capacity provider strategy, never both: setting one removes the other. */
function dropSupersededCompute(definition: ServiceDefinition, changes: ServiceChanges): ServiceDefinition {
  const { launchType, capacityProviderStrategy, ...rest } = definition;
  if (changes.capacityProviderStrategy?.length && capacityProviderStrategy)
    return { ...rest, capacityProviderStrategy };
  if (changes.launchType !== undefined && launchType) return { ...rest, launchType };
  return definition;
}

/** The definition after an update, and whether a deployment must start: only values that differ count. */
export function applyServiceUpdate(
  definition: ServiceDefinition,
  command: ServiceUpdate,
  current: { readonly taskDefinitionArn: string },
): { definition: ServiceDefinition; newDeployment: boolean } {
  const keys = Object.keys(STARTS_DEPLOYMENT) as (keyof ServiceChanges)[];
  const changed = keys.filter(
    (key) => command.changes[key] !== undefined && !deepEqual(command.changes[key], definition[key]),
  );
  const values = Object.fromEntries(changed.map((key) => [key, command.changes[key]])) as ServiceChanges;
  const otherTaskDefinition =
    command.taskDefinitionArn !== undefined && command.taskDefinitionArn !== current.taskDefinitionArn;
  const after = changed.length === 0 ? definition : dropSupersededCompute({ ...definition, ...values }, values);
  return {
    definition: after,
    newDeployment:
      command.forceNewDeployment ||
      otherTaskDefinition ||
      launchTypeOf(after) !== launchTypeOf(definition) ||
      changed.some((key) => STARTS_DEPLOYMENT[key]),
  };
}
