/**
 * Reads `ecs.cpu-architecture` of container instances and caches it in the process: it never changes during an
 * instance's life, and every described task shows it.
 */
import type { Task } from '../../../model/task.ts';
import type { Store } from '../../../store/contract/store.ts';

const ARCHITECTURE_ATTRIBUTE = 'ecs.cpu-architecture';
/** Above this number, which is more instances than a cluster may have, the whole cache is dropped. */
const MOST_REMEMBERED = 20_000;

/** The cache. undefined means that the instance has no such attribute or is gone; it is not read again. */
const remembered = new WeakMap<Store, Map<string, string | undefined>>();

/** Architectures by instance id, for the instances that the tasks are on; undefined for an instance without one. */
export async function cpuArchitecturesOf(
  store: Store,
  clusterName: string,
  tasks: readonly Task[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const known = remembered.get(store) ?? new Map<string, string | undefined>();
  remembered.set(store, known);
  if (known.size > MOST_REMEMBERED) known.clear();
  const ids = new Set(tasks.flatMap((task) => task.containerInstanceId ?? []));
  const unknown = [...ids].filter((id) => !known.has(id));
  if (unknown.length === 0) return known;
  const instances = await store.getInstances(clusterName, unknown);
  for (const id of unknown) known.set(id, undefined);
  for (const { containerInstanceId, attributes } of instances) {
    known.set(containerInstanceId, attributes.find(({ name }) => name === ARCHITECTURE_ATTRIBUTE)?.value);
  }
  return known;
}
