/** The ids that a reservation gives: workflows leave them out. */
import { type PackedReservation, unpackReservation } from '../../model/packed-writes.ts';
import type { ReserveInput } from '../../model/reservation.ts';
import type { Task } from '../../model/task.ts';
import { taskHex } from '../task-hex.ts';

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
    containers: task.containers.map((container) => ({ ...container, id: uuidOf(task, `/${container.name}`) })),
    attachments: task.attachments.map((attachment, i) => ({ ...attachment, id: uuidOf(task, `#${i}`) })),
  };
}

/** The same UUID for the same part of a task, so that a repeated activity writes the same row. */
function uuidOf({ taskId }: Task, part: string): string {
  const hex = taskHex(taskId, part);
  // Version 8 of RFC 9562: a UUID with custom contents.
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
