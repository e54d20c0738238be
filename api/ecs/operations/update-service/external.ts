/** UpdateService for a service with task sets: it may change nothing that belongs to a task set. */
import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { ServiceDefinition } from '../../../../model/service.ts';
import type { UpdateServiceCommand } from '../../../../model/commands.ts';
import { member } from '../../members.ts';
import { presentDeploymentConfiguration } from '../../present/service.ts';
import { checkTaskSetDeployments, resolveDeploymentBounds } from '../../rules/deployment-configuration.ts';
import { canonicalJson } from '../../digest.ts';
import { resolvePlacement } from '../../rules/placement.ts';
import { invalid } from '../../rules/refusals.ts';

type Part = readonly [name: string, asked: (input: UpdateServiceRequest, present: ServiceDefinition) => boolean];

const OF_TASK_SETS: readonly Part[] = [
  ['task definition', (s) => (s.taskDefinition ?? '') !== ''],
  ['network parameters', (s) => s.networkConfiguration !== undefined],
  ['platform version', (s) => s.platformVersion !== undefined],
  ['capacity provider strategy', (s) => (s.capacityProviderStrategy ?? []).length > 0],
  ['deployment configuration', changesDeployments],
  ['service connect configuration', (s) => s.serviceConnectConfiguration !== undefined],
  ['availability zone rebalancing', (s) => s.availabilityZoneRebalancing === 'ENABLED'],
];

/**
 * Infrastructure tools send the present values along with every change, so only a different value counts as a change.
 */
function changesDeployments({ deploymentConfiguration }: UpdateServiceRequest, present: ServiceDefinition): boolean {
  checkTaskSetDeployments(deploymentConfiguration);
  const shown = presentDeploymentConfiguration(present);
  const asked = presentDeploymentConfiguration(resolveDeploymentBounds(deploymentConfiguration, present));
  return canonicalJson(asked) !== canonicalJson(shown);
}

/** Returns the changes. Throws InvalidParameterException for a change that needs a new task set. */
export function buildExternalChanges(
  input: UpdateServiceRequest,
  present: ServiceDefinition,
): UpdateServiceCommand['changes'] {
  const refused = OF_TASK_SETS.find(([, asked]) => asked(input, present));
  if (refused !== undefined) {
    throw invalid(
      `Unable to update ${refused[0]} on services with an EXTERNAL deployment controller. Create a task set instead.`,
    );
  }
  if (input.forceNewDeployment === true) {
    throw invalid('Cannot force a new deployment on services with an EXTERNAL deployment controller.');
  }
  const { placementConstraints, placementStrategy } = input;
  resolvePlacement(input, {}, present.launchType ?? 'EC2');
  return {
    ...member('desiredCount', input.desiredCount),
    ...member('healthCheckGracePeriodSeconds', input.healthCheckGracePeriodSeconds),
    ...member('enableECSManagedTags', input.enableECSManagedTags),
    ...member('enableExecuteCommand', input.enableExecuteCommand),
    ...member('propagateTags', input.propagateTags),
    ...member('placementConstraints', placementConstraints),
    ...member('placementStrategy', placementStrategy),
  };
}
