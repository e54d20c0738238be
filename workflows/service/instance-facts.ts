/** What scale-in has to know of the instances where the strategy looks at more than zone and instance. */
import { AVAILABILITY_ZONE_ATTRIBUTE } from '../../model/container-instance.ts';
import type { ServiceDefinition } from '../../model/service.ts';
import type { Control } from '../owner/control.ts';
import type { ServiceSnapshot, ServiceTask } from '../../scheduler/service/types.ts';

export type InstanceFacts = Pick<ServiceSnapshot, 'instanceFree' | 'instanceAttributes'>;

/** Attributes other than the zone, which tasks know, that the service spreads over. */
function spreadAttributes(definition: ServiceDefinition): string[] {
  return definition.placementStrategy.flatMap(({ type, field = '' }) => {
    const name = type === 'spread' && field.startsWith('attribute:') ? field.slice('attribute:'.length) : '';
    return name === '' || name === AVAILABILITY_ZONE_ATTRIBUTE ? [] : [name];
  });
}

/** Free resources and attributes of the tasks' instances; nothing while no task is too many or no strategy asks. */
export async function loadInstanceFacts(
  control: Control,
  definition: ServiceDefinition,
  tasks: readonly ServiceTask[],
): Promise<InstanceFacts> {
  const kept = tasks.filter((task) => task.desiredStatus === 'RUNNING');
  const attributeNames = spreadAttributes(definition);
  const binpacks = definition.placementStrategy.some((strategy) => strategy.type === 'binpack');
  if (kept.length <= definition.desiredCount || (!binpacks && attributeNames.length === 0)) return {};
  const instanceIds = [...new Set(kept.map((task) => task.containerInstanceId))].filter((id) => id !== '').sort();
  const snapshot = await control.read((activities) =>
    activities.snapshotCapacity({
      clusterName: definition.clusterName,
      group: `service:${definition.serviceName}`,
      cpu: 0,
      memoryMiB: 0,
      attributeNames,
      otherGroups: [],
      instanceIds,
    }),
  );
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
