/** The time between the notice of a spot interruption and the moment at which the tasks that are left are stopped. */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { EpochMs } from '../../model/time.ts';

export class Interruption {
  /** A message's own scope must not end it. */
  readonly #root = CancellationScope.current();
  #scope: CancellationScope | undefined;

  /** Calls `act` at that time unless it is cancelled before. */
  start(at: EpochMs, act: () => Promise<void>): void {
    this.cancel();
    const scope = new CancellationScope({ cancellable: true, parent: this.#root });
    this.#scope = scope;
    scope
      .run(async () => {
        await sleep(Math.max(at - Date.now(), 1));
        await act();
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  cancel(): void {
    this.#scope?.cancel();
    this.#scope = undefined;
  }
}
