/** Carries out what a plan decides on deployments. */
import type { Deployment, ServiceDefinition } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import type { DeploymentDecision } from '../service/types.ts';
import { resetThrottle } from '../throttle/throttle.ts';
import type { LaunchThrottle } from '../throttle/types.ts';
import { definitionAfterRollback } from './circuit-breaker.ts';
import { applyDeploymentDecisions } from './deployments.ts';

interface Deployed {
  readonly definition: ServiceDefinition;
  readonly deployments: readonly Deployment[];
  readonly throttle: LaunchThrottle;
}

export const rollsBack = (decisions: readonly DeploymentDecision[]): boolean =>
  decisions.some(({ kind }) => kind === 'rollBack');

/** The service after the decisions. A rollback starts as a new deployment does: launches are free. */
export function settleDeployments<S extends Deployed>(
  service: S,
  decisions: readonly DeploymentDecision[],
  now: EpochMs,
): S {
  if (decisions.length === 0) return service;
  const deployments = applyDeploymentDecisions(service.deployments, decisions, now);
  const [primary] = deployments;
  if (primary === undefined || !rollsBack(decisions)) return { ...service, deployments };
  const definition = definitionAfterRollback(service.definition, primary);
  return { ...service, deployments, definition, throttle: resetThrottle() };
}
