/** Refuses what DAEMON services do not support, in CreateService and UpdateService. */
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { ServiceDefinition } from '../../../model/service.ts';
import { invalid } from './refusals.ts';

type DaemonRequest = Partial<
  Pick<
    CreateServiceRequest,
    | 'availabilityZoneRebalancing'
    | 'capacityProviderStrategy'
    | 'deploymentConfiguration'
    | 'deploymentController'
    | 'desiredCount'
    | 'launchType'
    | 'placementStrategy'
  >
>;

/** ECS's defaults for DAEMON services: a task may stop before the next one starts, and no instance has two. */
export const DAEMON_BOUNDS: Pick<ServiceDefinition, 'minimumHealthyPercent' | 'maximumPercent'> = {
  minimumHealthyPercent: 0,
  maximumPercent: 100,
};

export const NO_DAEMON_CAPACITY_PROVIDERS =
  'Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.';

const unsupportedByDaemon = (what: string, remedy: string) =>
  invalid(`The daemon scheduling strategy does not support ${what}. ${remedy} and try again`);

/** Throws InvalidParameterException for members that only REPLICA services take. */
export function checkDaemon(request: DaemonRequest): void {
  if (request.desiredCount !== undefined) {
    throw unsupportedByDaemon('a desired count for services', 'Remove the desired count value');
  }
  if ((request.placementStrategy ?? []).length > 0) {
    throw unsupportedByDaemon('placement strategies', 'Remove the placement strategy');
  }
  if ((request.deploymentConfiguration?.maximumPercent ?? 100) > 100) {
    const what = 'values above 100 for maximumPercent on a deployment configuration';
    throw unsupportedByDaemon(what, 'Change the maximumPercent value to 100,');
  }
  if (request.launchType === 'FARGATE') {
    throw unsupportedByDaemon('the FARGATE launch type', 'Change the launch type');
  }
  if ((request.capacityProviderStrategy ?? []).length > 0) throw invalid(NO_DAEMON_CAPACITY_PROVIDERS);
  if (request.availabilityZoneRebalancing === 'ENABLED') {
    throw unsupportedByDaemon('Availability Zone rebalancing', 'Remove it');
  }
  const controller = request.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') {
    throw unsupportedByDaemon(`the ${controller} deployment controller`, 'Change the deployment controller');
  }
}
