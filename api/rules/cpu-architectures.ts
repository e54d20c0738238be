/**
 * `ecs.cpu-architecture` of container instances, remembered in the process: it never changes in an instance's life, and
 * every described task shows it.
 */
import type { Task } from '../../model/task.ts';
import type { Store } from '../../store/types.ts';

const ARCHITECTURE_ATTRIBUTE = 'ecs.cpu-architecture';
/** Forgotten all at once above this: more instances than a cluster may have. */
const MOST_REMEMBERED = 20_000;

const remembered = new WeakMap<Store, Map<string, string>>();

/** Architectures by instance id, for the instances that the tasks are on; those without one are absent. */
export async function cpuArchitecturesOf(
  store: Store,
  clusterName: string,
  tasks: readonly Task[],
): Promise<ReadonlyMap<string, string>> {
  const known = remembered.get(store) ?? new Map<string, string>();
  remembered.set(store, known);
  const ids = new Set(tasks.flatMap((task) => task.containerInstanceId ?? []));
  const unknown = [...ids].filter((id) => !known.has(id));
  if (unknown.length === 0) return known;
  if (known.size > MOST_REMEMBERED) known.clear();
  for (const instance of await store.getInstances(clusterName, unknown)) {
    const architecture = instance.attributes.find((attribute) => attribute.name === ARCHITECTURE_ATTRIBUTE)?.value;
    if (architecture !== undefined) known.set(instance.containerInstanceId, architecture);
  }
  return known;
}
