/**
 * What the store says at one moment. The checks compare it with the moment before, with the machines and with the
 * owners.
 */
import type { CountedInstance } from '../../model/container-instance.ts';
import type { ServiceRecord } from '../../model/service.ts';
import type { Task } from '../../model/task.ts';
import type { Store } from '../../store/contract/store.ts';

export interface Observation {
  /** Tasks that are not STOPPED, and those that were not STOPPED the moment before. */
  readonly tasks: ReadonlyMap<string, Task>;
  /** Services that are not INACTIVE, by name. */
  readonly services: ReadonlyMap<string, ServiceRecord>;
  readonly instances: ReadonlyMap<string, CountedInstance>;
}

export const NOTHING_YET: Observation = { tasks: new Map(), services: new Map(), instances: new Map() };

/** Asks for all instances at once, more than the hundred that DescribeContainerInstances takes. */
export async function observe(
  store: Store,
  clusterName: string,
  instanceIds: readonly string[],
  before: Observation,
): Promise<Observation> {
  const live = await store.listLiveTasks();
  const tasks = new Map(live.map((task) => [task.taskId, task]));
  const ended = [...before.tasks.values()].filter((task) => task.lastStatus !== 'STOPPED' && !tasks.has(task.taskId));
  const endedIds = ended.map((task) => task.taskId);
  for (const task of endedIds.length > 0 ? await store.getTasks(clusterName, endedIds) : [])
    tasks.set(task.taskId, task);
  const services = await store.listLiveServices();
  const instances = await store.getInstances(clusterName, instanceIds);
  return {
    tasks,
    services: new Map(services.map((service) => [service.definition.serviceName, service])),
    instances: new Map(instances.map((instance) => [instance.containerInstanceId, instance])),
  };
}
