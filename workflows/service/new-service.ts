/** The first state of a service, and the ids of its deployments. */
import { startDeployment } from '../../scheduler/rollout/deployments.ts';
import { resetThrottle } from '../../scheduler/throttle/throttle.ts';
import type { EpochMs } from '../../model/time.ts';
import type { CreateServiceCommand } from '../messages.ts';
import type { ServiceState } from '../state.ts';

/** `ecs-svc/` and 19 digits, from the workflow's own deterministic randomness. */
export function newDeploymentId(): string {
  const digits = (length: number): string => String(Math.floor(Math.random() * 10 ** length)).padStart(length, '0');
  return `ecs-svc/${1 + Math.floor(Math.random() * 9)}${digits(9)}${digits(9)}`;
}

export function newServiceState(command: CreateServiceCommand, now: EpochMs): ServiceState {
  const { definition, taskDefinition, taskDefinitionTags = [] } = command;
  const arn = taskDefinition.taskDefinitionArn;
  return {
    version: 1,
    incarnation: command.incarnation,
    createdAt: now,
    createdBy: command.createdBy,
    definition,
    status: 'ACTIVE',
    deployments: startDeployment([], deploymentSpec(definition, arn), now),
    taskDefinitions: { [arn]: taskDefinition },
    taskDefinitionTags: { [arn]: taskDefinitionTags },
    throttle: resetThrottle(),
    placement: { refusals: 0 },
    drainingInstanceIds: [],
    notedAt: {},
    recordVersion: 0,
  };
}

/** What a new deployment takes over from the service's definition. */
export const deploymentSpec = (definition: CreateServiceCommand['definition'], taskDefinitionArn: string) => ({
  deploymentId: newDeploymentId(),
  taskDefinitionArn,
  ...(definition.launchType === undefined ? {} : { launchType: definition.launchType }),
  ...(definition.capacityProviderStrategy === undefined
    ? {}
    : { capacityProviderStrategy: definition.capacityProviderStrategy }),
  ...(definition.platformVersion === undefined ? {} : { platformVersion: definition.platformVersion }),
  ...(definition.networkConfiguration === undefined ? {} : { networkConfiguration: definition.networkConfiguration }),
});
