/** What placement is asked for one definition: the same for services and for RunTask. */
import type { PlacementConstraint, PlacementStrategy, TaskOverride } from '@aws-sdk/client-ecs';
import type { LaunchType } from '../../model/status.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import { firstUnreadable } from '../../model/placement-rules.ts';
import { heldResources } from '../../model/task-requirements.ts';
import type { HeldResources } from '../../model/task.ts';
import { isUnreadable } from '../../model/unreadable.ts';
import type { PlacementRequest } from './types.ts';

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

/** What a request that cannot be read holds: it is placed nowhere. */
const NOTHING: HeldResources = { cpu: 0, memoryMiB: 0, ports: [], gpus: 0 };

/** The definition's own constraints bind together with those of the service or call. Never throws. */
export function placementRequest(spec: PlacementSpec): PlacementRequest {
  const { taskDefinition } = spec;
  const own = (taskDefinition.placementConstraints ?? []).map((c) => ({ ...c, type: 'memberOf' as const }));
  const constraints = [...own, ...spec.constraints];
  const resources = heldResources(taskDefinition, spec.overrides);
  const wrong = isUnreadable(resources) ? resources : firstUnreadable(constraints, spec.strategies);
  return {
    count: spec.count,
    resources: isUnreadable(resources) ? NOTHING : resources,
    ...(wrong === undefined ? {} : { unplaceable: wrong.message }),
    requiredAttributes: (taskDefinition.requiresAttributes ?? []).flatMap(({ name, value }) =>
      name === undefined ? [] : [{ name, ...(value === undefined ? {} : { value }) }],
    ),
    constraints,
    strategies: spec.strategies,
    group: spec.group,
    launchType: spec.launchType,
    ...(spec.capacityProviderName === undefined ? {} : { capacityProviderName: spec.capacityProviderName }),
  };
}
