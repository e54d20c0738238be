/** The call that an owner was started for. Temporal keeps it in memory until a workflow task has taken it in, and may lose it with a server. */
import { condition } from '@temporalio/workflow';

/**
 * A call comes with the start. A call that has to be made again, since the server died in between, is on its way while the first
 * workflow task is being done again. Should it come later still, it begins another run.
 */
const CALL_COMES_WITHIN = '5 seconds';
/** Of the microtask queue, within the workflow task: a call that came with the start is handled by then. */
const TURNS = 20;

/**
 * False: the call is lost, and its caller has given up. Nothing was written for it: a write is on record first, and its record
 * has the call. A call that is there leaves no trace of this wait in the history.
 */
export async function firstCallCame(hasCome: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < TURNS && !hasCome(); turn += 1) await Promise.resolve();
  return hasCome() || condition(hasCome, CALL_COMES_WITHIN);
}
