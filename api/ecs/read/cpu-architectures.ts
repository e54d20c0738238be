/**
 * `ecs.cpu-architecture` of container instances, remembered in the process: it never changes in an instance's life, and
 * every described task shows it.
 */
import type { Task } from '../../../model/task.ts';
import type { Store } from '../../../store/contract/store.ts';

const ARCHITECTURE_ATTRIBUTE = 'ecs.cpu-architecture';
/** Forgotten all at once above this: more instances than a cluster may have. */
const MOST_REMEMBERED = 20_000;

/** undefined: the instance has no such attribute, or is gone; not asked for again. */
const remembered = new WeakMap<Store, Map<string, string | undefined>>();

/** Architectures by instance id, for the instances that the tasks are on; undefined for those without one. */
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
