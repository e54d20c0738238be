/** Places tasks that wait in PROVISIONING. */
import { DEFAULT_PROVISIONING_TIMEOUT_MS } from '../../model/capacity-provider.ts';
import type { Decision, DecisionCause, PlacementExplanation } from '../../model/decision.ts';
import type { Assignment } from '../../model/reservation.ts';
import type { OwnedTask } from '../../scheduler/owner/owned-task.ts';
import {
  placedDecision,
  type PlacedGroup,
  type ProvisioningInput,
  type WaitingGroup,
} from '../../scheduler/owner/provisioning.ts';
import { placeTasks } from '../../scheduler/placement/place-tasks.ts';
import type { Control } from './control.ts';
import { isControlFlow } from './control-flow.ts';
import { ownDecision } from './decision-record.ts';
import { given } from './given.ts';
import { refusedFor, snapshotRequest } from './place.ts';
import type { Reservations } from './reservations.ts';

/** An owner with waiting tasks. `groups` and `heard` are as of the time of the call. */
export interface WaitingOwner<T> {
  readonly control: Control;
  readonly clusterName: string;
  /** How long a task may wait, in milliseconds; undefined: not known yet. */
  readonly timeoutMs: number | undefined;
  readonly reservations: Reservations;
  readonly groups: () => readonly WaitingGroup<T>[];
  readonly heard: () => readonly DecisionCause[];
  readonly tell: (input: ProvisioningInput<T>) => void;
}

/** One attempt to place all tasks that wait, a group at a time. The owner is told how it goes. */
export async function placeAllWaiting<T extends OwnedTask>(owner: WaitingOwner<T>): Promise<void> {
  const { control, clusterName, groups, heard, tell } = owner;
  tell({ kind: 'provisioningBegins', timeoutMs: owner.timeoutMs ?? (await provisioningTimeout(control)) });
  const tried: PlacedGroup<T>[] = [];
  owner.reservations.begin();
  try {
    for (const group of groups()) {
      const placed = await placeWaiting({
        control,
        clusterName,
        group,
        decide: (attempt, assignments) =>
          ownDecision(clusterName, placedDecision(attempt, assignments, { causes: heard(), given: given() })),
      });
      tell({ kind: 'groupPlaced', placed });
      tried.push(placed);
    }
    tell({ kind: 'provisioned', groups: tried });
  } finally {
    owner.reservations.end();
  }
}

interface PlaceWaitingOptions<T> extends Pick<WaitingOwner<T>, 'control' | 'clusterName'> {
  readonly group: WaitingGroup<T>;
  /** The decision that goes into the store with the places. */
  readonly decide: (
    placed: Pick<PlacedGroup<T>, 'group' | 'explanation'>,
    assignments: readonly Assignment[],
  ) => Decision;
}

const NOTHING_CONSIDERED: PlacementExplanation = { seed: 0, considered: 0, eligible: 0, refused: [], best: [] };

/** Tries to place one group of tasks that are alike. What the store refuses for good is the reason why they go on waiting. */
async function placeWaiting<T extends OwnedTask>(options: PlaceWaitingOptions<T>): Promise<PlacedGroup<T>> {
  try {
    return await place(options);
  } catch (error) {
    if (isControlFlow(error)) throw error;
    const { group } = options;
    return { group, assigned: [], explanation: NOTHING_CONSIDERED, refusal: refusedFor(error) };
  }
}

async function place<T extends OwnedTask>(options: PlaceWaitingOptions<T>): Promise<PlacedGroup<T>> {
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
async function provisioningTimeout(control: Control): Promise<number> {
  const policy = await control.read((activities) => activities.loadInstancePolicy());
  return policy.provisioningTimeoutMs ?? DEFAULT_PROVISIONING_TIMEOUT_MS;
}
