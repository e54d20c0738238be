/**
 * Writes of an owner's rows, each marked, so that the store can tell of one that the owner does not remember: a step of the
 * workflow had written, was lost before Temporal had it, and was done again, perhaps otherwise.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { ControlActivities } from '../../activities/control/types.ts';
import type { WriteMark, Written } from '../../model/owner-record.ts';
import { callControl } from './control.ts';

/** Thrown by a reservation that was not made, since there are tasks of which the owner knows nothing. */
export class StepWasLost extends Error {
  override readonly name = 'StepWasLost';
}

let previous: string | undefined;
let count = 0;
let wasLost = false;
let heldTasks = (): number => 0;

/** How many tasks the owner holds, not yet STOPPED. */
export function countHeldTasks(counted: () => number): void {
  heldTasks = counted;
}

/** The rows may not be what the owner holds: to be compared before the next decision. */
export const rowsAreInDoubt = (): boolean => wasLost;

/** Takes the doubt back, or up again. */
export function doubtRows(doubt: boolean): void {
  wasLost = doubt;
}

/** As callControl, for a write of the owner's rows. `whenSure`: throws StepWasLost while the rows are in doubt. */
export function writeMarked<T extends Written>(
  call: (activities: ControlActivities, mark: WriteMark) => Promise<T>,
  { whenSure = false } = {},
): Promise<T> {
  let mark: WriteMark | undefined;
  // All of it in the call's turn: what is marked before is written before, and what one write tells the next one knows.
  return callControl(async (activities) => {
    if (whenSure && wasLost) throw new StepWasLost();
    mark ??= nextMark();
    const written = await call(activities, mark);
    // Null in histories from before there were marks.
    if ((written as T | null)?.stepWasLost) wasLost = true;
    return written;
  });
}

function nextMark(): WriteMark {
  const { workflowId: ownerWorkflowId, runId } = workflowInfo();
  count += 1;
  // A step that is done again begins later.
  const mark = `${Date.now()}.${count}`;
  const before = previous === undefined ? {} : { previous };
  previous = mark;
  return { ownerWorkflowId, runId, mark, ...before, heldTasks: heldTasks() };
}
