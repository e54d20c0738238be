/** The call that an owner was started for. Temporal keeps it in memory until a step has taken it in, and may lose it with a server. */
import { condition, patched } from '@temporalio/workflow';

/** Past all retries of the API. */
const CALL_COMES_WITHIN = '1 minute';
/** Of the microtask queue, within the step: a call that came with the start is handled by then. */
const TURNS = 20;

/**
 * False: the call is lost, and its caller has given up. The run is to end then: what its first step may have written before it
 * was lost, too, is taken up by a new run (worker/rebuild.ts). A call at hand leaves no trace of this in the history.
 */
export async function firstCallCame(hasCome: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < TURNS && !hasCome(); turn += 1) await Promise.resolve();
  if (hasCome()) return true;
  if (patched('first-call')) return condition(hasCome, CALL_COMES_WITHIN);
  await condition(hasCome);
  return true;
}
