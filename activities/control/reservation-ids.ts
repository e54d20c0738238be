/** The ids that a reservation gives: workflows leave them out. */
import { type PackedReservation, unpackReservation } from '../../model/packed-writes.ts';
import type { ReserveInput } from '../../model/reservation.ts';
import type { Task } from '../../model/task.ts';
import { taskContainerId, taskUuid } from '../task-hex.ts';

export function reservationWithIds(packed: PackedReservation): ReserveInput {
  const input = unpackReservation(packed);
  return { ...input, tasks: input.tasks.map(withIds) };
}

/**
 * Gives the task's containers and attachments their ids. A workflow would draw them at random, and then no row would be
 * like another.
 */
function withIds(task: Task): Task {
  return {
    ...task,
    containers: task.containers.map((container) => ({
      ...container,
      id: taskContainerId(task.taskId, container.name),
    })),
    attachments: task.attachments.map((attachment, i) => ({ ...attachment, id: taskUuid(task.taskId, `#${i}`) })),
  };
}
