/** Places tasks that wait in PROVISIONING. */
import { DEFAULT_PROVISIONING_TIMEOUT_MS } from '../../model/capacity-provider.ts';
import type { Decision, PlacementExplanation } from '../../model/decision.ts';
import type { Assignment } from '../../model/reservation.ts';
import type { PlacedGroup, WaitingGroup } from '../../scheduler/owner/provisioning.ts';
import { placeTasks } from '../../scheduler/placement/place-tasks.ts';
import type { Control } from './control.ts';
import { isControlFlow } from './control-flow.ts';
import { refusedFor, snapshotRequest } from './place.ts';

export interface PlaceWaitingOptions<T> {
  readonly control: Control;
  readonly clusterName: string;
  readonly group: WaitingGroup<T>;
  /** The decision that goes into the store with the places. */
  readonly decide: (
    placed: Pick<PlacedGroup<T>, 'group' | 'explanation'>,
    assignments: readonly Assignment[],
  ) => Decision;
}

const NOTHING_CONSIDERED: PlacementExplanation = { seed: 0, considered: 0, eligible: 0, refused: [], best: [] };

/** Tries to place one group of tasks that are alike. What the store refuses for good is the reason why they go on waiting. */
export async function placeWaiting<T extends { readonly taskId: string }>(
  options: PlaceWaitingOptions<T>,
): Promise<PlacedGroup<T>> {
  try {
    return await place(options);
  } catch (error) {
    if (isControlFlow(error)) throw error;
    const { group } = options;
    return { group, assigned: [], explanation: NOTHING_CONSIDERED, refusal: refusedFor(error) };
  }
}

async function place<T extends { readonly taskId: string }>(options: PlaceWaitingOptions<T>): Promise<PlacedGroup<T>> {
  const { control, clusterName, group, decide } = options;
  const { tasks, request } = group;
  const asked = snapshotRequest(clusterName, request);
  const snapshot = await control.read((activities) => activities.snapshotCapacity(asked));
  const { placed, refusal, explanation } = placeTasks(request, snapshot, Math.floor(Math.random() * 2 ** 31));
  const outcome = { group, explanation, ...(refusal === undefined ? {} : { refusal }) };
  const assignments = placed.flatMap((where, i) => {
    const task = tasks[i];
    return task ? [{ taskId: task.taskId, ...where }] : [];
  });
  if (assignments.length === 0) return { ...outcome, assigned: [] };
  const decisions = [decide({ group, explanation }, assignments)];
  const { assigned } = await control.write((activities) =>
    activities.assignTasks({ clusterName, assignments, decisions }),
  );
  return { ...outcome, assigned };
}

/** How long a task may wait, in milliseconds. */
export async function provisioningTimeout(control: Control): Promise<number> {
  const policy = await control.read((activities) => activities.loadInstancePolicy());
  return policy.provisioningTimeoutMs ?? DEFAULT_PROVISIONING_TIMEOUT_MS;
}
