/** Checks placement constraints and strategies of a call or a service. */
import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { checkPlacement } from '../../../model/placement-rules.ts';
import type { LaunchType } from '../../../model/status.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import { invalid } from './refusals.ts';

export interface PlacementInput {
  readonly placementConstraints?: readonly PlacementConstraint[] | undefined;
  readonly placementStrategy?: readonly PlacementStrategy[] | undefined;
}

/** Returns the caller's own lists, checked together with the task definition's constraints. FARGATE has neither. */
export function resolvePlacement(
  input: PlacementInput,
  definition: Pick<TaskDefinition, 'placementConstraints'>,
  launchType: LaunchType,
): { placementConstraints: readonly PlacementConstraint[]; placementStrategy: readonly PlacementStrategy[] } {
  const placementConstraints = input.placementConstraints ?? [];
  const placementStrategy = input.placementStrategy ?? [];
  if (launchType === 'FARGATE') {
    if (placementConstraints.length > 0) {
      throw invalid('Placement constraints are not supported with FARGATE launch type.');
    }
    if (placementStrategy.length > 0) {
      throw invalid('Placement strategies are not supported with FARGATE launch type.');
    }
  }
  const ofDefinition = (definition.placementConstraints ?? []).map(({ expression }): PlacementConstraint => ({
    type: 'memberOf',
    expression,
  }));
  checkPlacement([...ofDefinition, ...placementConstraints], placementStrategy);
  return { placementConstraints, placementStrategy };
}
