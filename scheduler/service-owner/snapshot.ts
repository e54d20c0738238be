/** What a plan looks at, and which facts it needs beside the state. */
import { AVAILABILITY_ZONE_ATTRIBUTE } from '../../model/container-instance.ts';
import type { CapacitySnapshot, SnapshotRequest } from '../../model/capacity.ts';
import type { ServiceDefinition } from '../../model/service.ts';
import type { InstanceFacts, ServiceSnapshot } from '../service/types.ts';
import type { ServiceState } from '../service/state.ts';
import { isDaemon } from './daemon.ts';
import { lostCounts } from './decisions.ts';

/** The service as the scheduler sees it. */
export function snapshotOf(state: ServiceState, facts: InstanceFacts = {}): ServiceSnapshot {
  const { refusals, retryAt = 0 } = state.placement;
  const { sorted } = state.run.daemon;
  return {
    definition: state.definition,
    status: state.status,
    deployments: state.deployments,
    ...(state.serviceDeployments === undefined ? {} : { serviceDeployments: state.serviceDeployments }),
    tasks: [...state.tasks.values()],
    drainingInstanceIds: state.drainingInstanceIds,
    throttle: state.throttle,
    lostTasks: lostCounts(state),
    ...(state.steadySince === undefined ? {} : { steadySince: state.steadySince }),
    notedAt: state.notedAt,
    ...(state.movingIds === undefined ? {} : { movingIds: state.movingIds }),
    ...(state.balance === undefined ? {} : { balance: state.balance }),
    seed: state.incarnation,
    ...(refusals > 0 ? { placementRetryAt: retryAt } : {}),
    ...facts,
    ...(isDaemon(state) && state.status === 'ACTIVE' && sorted !== undefined ? { daemon: sorted } : {}),
  };
}

/** Attributes other than the zone, which tasks know, that the service spreads over. */
function spreadAttributes({ placementStrategy }: ServiceDefinition): readonly string[] {
  return placementStrategy.flatMap(({ type, field = '' }) => {
    const name = type === 'spread' && field.startsWith('attribute:') ? field.slice('attribute:'.length) : '';
    return name === '' || name === AVAILABILITY_ZONE_ATTRIBUTE ? [] : [name];
  });
}

/** The request for free resources and attributes of the tasks' instances; undefined while no task is too many or no strategy asks. */
export function instanceNeed({ definition, tasks }: ServiceState): SnapshotRequest | undefined {
  const kept = [...tasks.values()].filter((task) => task.desiredStatus === 'RUNNING');
  const attributeNames = spreadAttributes(definition);
  const binpacks = definition.placementStrategy.some((strategy) => strategy.type === 'binpack');
  if (kept.length <= definition.desiredCount || (!binpacks && attributeNames.length === 0)) return undefined;
  const instanceIds = [...new Set(kept.map((task) => task.containerInstanceId))].filter((id) => id !== '').sort();
  return {
    clusterName: definition.clusterName,
    group: `service:${definition.serviceName}`,
    cpu: 0,
    memoryMiB: 0,
    attributeNames,
    otherGroups: [],
    instanceIds,
  };
}

/** What the answer to that request says of each instance. */
export function instanceFacts({ attributeNames }: SnapshotRequest, snapshot: CapacitySnapshot): InstanceFacts {
  const perInstance = <T>(value: (i: number) => T): Record<string, T> =>
    Object.fromEntries(snapshot.ids.map((id, i) => [id, value(i)]));
  const attributesOf = (i: number): Record<string, string> =>
    Object.fromEntries(
      attributeNames.flatMap((name) => {
        const column = snapshot.attributes[name];
        const value = column?.values[column.index[i] ?? -1];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  return {
    instanceFree: perInstance((i) => ({ cpu: snapshot.cpu[i] ?? 0, memoryMiB: snapshot.memoryMiB[i] ?? 0 })),
    instanceAttributes: perInstance(attributesOf),
  };
}
