/** How many activities one workflow step may order: Temporal takes all commands of a step in one message of 4 MB. */
import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';

/** Of inputs in one step; well below the message's limit, so that the first of many launches are under way early. */
const BYTES_A_STEP = 768 * 1024;
/** What an activity costs beside its input. */
const OVERHEAD_BYTES = 1024;

let step = -1;
let used = 0;
let line: Promise<void> = Promise.resolve();

/**
 * Resolves, in the order of the calls, when an activity with an input of this size may be ordered: at once unless
 * the step has ordered a lot already. The history's length tells the steps apart.
 */
export function stepBudget(inputBytes: number): Promise<void> {
  const turn = line.then(() => CancellationScope.nonCancellable(() => takeTurn(inputBytes + OVERHEAD_BYTES)));
  line = turn.catch(() => undefined);
  return turn;
}

async function takeTurn(bytes: number): Promise<void> {
  for (;;) {
    const { historyLength } = workflowInfo();
    if (historyLength !== step) {
      step = historyLength;
      used = 0;
    }
    if (used === 0 || used + bytes <= BYTES_A_STEP) {
      used += bytes;
      return;
    }
    // Whatever begins the next step: the end of some activity, or else the timer.
    await condition(() => workflowInfo().historyLength !== step, 1);
  }
}
