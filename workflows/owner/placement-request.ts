/** What placement is asked for one definition: the same for services and for RunTask. */
import type { PlacementConstraint, PlacementStrategy, TaskOverride } from '@aws-sdk/client-ecs';
import type { LaunchType } from '../../model/status.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import { heldResources } from '../../model/task-requirements.ts';
import type { PlacementRequest } from '../../scheduler/placement/types.ts';

export interface PlacementSpec {
  readonly taskDefinition: TaskDefinition;
  readonly overrides: TaskOverride;
  readonly count: number;
  readonly group: string;
  readonly launchType: LaunchType;
  readonly capacityProviderName?: string;
  readonly constraints: readonly PlacementConstraint[];
  readonly strategies: readonly PlacementStrategy[];
}

/** The definition's own constraints bind together with those of the service or call. */
export function placementRequest(spec: PlacementSpec): PlacementRequest {
  const { taskDefinition } = spec;
  const own = (taskDefinition.placementConstraints ?? []).map((c) => ({ ...c, type: 'memberOf' as const }));
  return {
    count: spec.count,
    resources: heldResources(taskDefinition, spec.overrides),
    requiredAttributes: (taskDefinition.requiresAttributes ?? []).flatMap(({ name, value }) =>
      name === undefined ? [] : [{ name, ...(value === undefined ? {} : { value }) }],
    ),
    constraints: [...own, ...spec.constraints],
    strategies: spec.strategies,
    group: spec.group,
    launchType: spec.launchType,
    ...(spec.capacityProviderName === undefined ? {} : { capacityProviderName: spec.capacityProviderName }),
  };
}
