/** Places and reserves the tasks of a DAEMON service, and remembers which instances had no room. */
import type { Task } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import { placeOnEach } from '../../scheduler/daemon/place-on-each.ts';
import type { PlacementExplanation } from '../../model/decision.ts';
import type { Refusal } from '../../scheduler/placement/types.ts';
import { placementRetryDelay } from '../../scheduler/throttle/throttle.ts';
import { contested, reserve, snapshotRequest, type ReserveOptions } from '../owner/place.ts';
import type { PlacementWait } from '../state.ts';

export interface DaemonPlacement {
  readonly tasks: readonly Task[];
  /** Stands for the instances that did not get their task. */
  readonly refusal?: Refusal;
  readonly explanation?: PlacementExplanation;
}

/** One try for each instance: those that are refused wait by themselves, so that none holds up another. */
export async function placeOnEachAndReserve(
  { control, clusterName, request, buildTask, decisionsFor }: ReserveOptions,
  instanceIds: readonly string[],
): Promise<DaemonPlacement> {
  const snapshot = await control.read((activities) =>
    activities.snapshotCapacity({ ...snapshotRequest(clusterName, request), instanceIds }),
  );
  const { placed, explanation, refusal } = placeOnEach(request, snapshot);
  if (placed.length === 0) return { tasks: [], explanation, ...(refusal ? { refusal } : {}) };
  const tasks = placed.map((place) => buildTask(place));
  const answer = await reserve(control, {
    clusterName,
    tasks,
    decisions: decisionsFor({ tasks, placed: 0, explanation }),
  });
  const refused = answer.refused.length > 0 ? contested(answer.refused, request.launchType) : refusal;
  return { tasks: answer.tasks, explanation, ...(refused ? { refusal: refused } : {}) };
}

/** The wait once `tried` instances were tried and `taken` have their task. */
export function daemonWait(
  wait: PlacementWait,
  {
    tried,
    taken,
    now,
  }: { readonly tried: readonly string[]; readonly taken: readonly string[]; readonly now: EpochMs },
): PlacementWait {
  const triedNow = new Set(tried);
  const takenNow = new Set(taken);
  const earlier = (wait.instanceIds ?? []).filter((id) => !triedNow.has(id));
  const refused = tried.filter((id) => !takenNow.has(id));
  const instanceIds = [...earlier, ...refused];
  if (instanceIds.length === 0) return { refusals: 0 };
  if (refused.length === 0) return { ...wait, instanceIds };
  const refusals = wait.refusals + 1;
  return { refusals, retryAt: now + placementRetryDelay(refusals), instanceIds };
}
