/** The call that an owner was started for. Temporal keeps it in memory until a step has taken it in, and may lose it with a server. */
import { condition, patched } from '@temporalio/workflow';
import type { ControlActivities } from '../../activities/control/types.ts';
import { callControl } from './control.ts';

/**
 * A call comes with the start. One that has to be made again, since the server died in between, is on its way while the first
 * step is being done again; should it come later still, it finds what this run has taken up, or begins another.
 */
const CALL_COMES_WITHIN = '5 seconds';
/** Of the microtask queue, within the step: a call that came with the start is handled by then. */
const TURNS = 20;

/** False: the call is lost, and its caller has given up. A call that is there leaves no trace of this in the history. */
export async function firstCallCame(hasCome: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < TURNS && !hasCome(); turn += 1) await Promise.resolve();
  if (hasCome()) return true;
  if (patched('first-call')) return condition(hasCome, CALL_COMES_WITHIN);
  await condition(hasCome);
  return true;
}

/** What the first step may have written before it was lost with the call; null when that is nothing, and the run must end. */
export async function takeUpRows<T>(takeUp: (activities: ControlActivities) => Promise<T | null>): Promise<T | null> {
  // Earlier runs ended here, and the worker's look for lost owners found what they had left.
  return patched('takes-up-rows') ? callControl(takeUp) : null;
}

/** A change that comes before that is known concerns what may be taken up. One that comes later goes the straight way. */
export const afterFirstCall =
  <C, R>(isKnown: () => boolean, change: (command: C) => Promise<R>) =>
  (command: C): Promise<R> =>
    isKnown() || !patched('changes-wait-for-rows') ? change(command) : condition(isKnown).then(() => change(command));
