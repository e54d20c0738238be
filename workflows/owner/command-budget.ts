/** How much one workflow task may order: Temporal takes all its commands in one message of 4 MB. */
import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';

/** Inputs in one workflow task; well below the message's limit, so that the first of many launches are under way early. */
const BYTES_A_TASK = 768 * 1024;
/** What an activity costs beside its input. */
const OVERHEAD_BYTES = 1024;

export class CommandBudget {
  /** The history's length tells the workflow tasks apart. */
  #historyLength = -1;
  #used = 0;
  #line: Promise<void> = Promise.resolve();

  /**
   * Resolves, in the order of the calls, when an activity with an input of this size may be ordered: at once unless the
   * workflow task has ordered a lot already.
   */
  take(inputBytes: number): Promise<void> {
    const turn = this.#line.then(() => CancellationScope.nonCancellable(() => this.#wait(inputBytes + OVERHEAD_BYTES)));
    this.#line = turn.catch(() => undefined);
    return turn;
  }

  async #wait(bytes: number): Promise<void> {
    for (;;) {
      const { historyLength } = workflowInfo();
      if (historyLength !== this.#historyLength) {
        this.#historyLength = historyLength;
        this.#used = 0;
      }
      if (this.#used === 0 || this.#used + bytes <= BYTES_A_TASK) {
        this.#used += bytes;
        return;
      }
      // The next workflow task begins with the end of some activity, or else with the timer.
      await condition(() => workflowInfo().historyLength !== this.#historyLength, 1);
    }
  }
}
