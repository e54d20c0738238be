/** Callers that wait for a task to be RUNNING or STOPPED. */

export type Settled = 'running' | 'stopped';

export class Waiters {
  readonly #waiting = new Set<{ readonly until: readonly Settled[]; readonly resolve: () => void }>();

  /** Resolves at the next `release` of one of these states. A release of `stopped` releases everybody. */
  until(settled: readonly Settled[]): Promise<void> {
    return new Promise((resolve) => this.#waiting.add({ until: settled, resolve }));
  }

  release(settled: Settled): void {
    for (const waiter of this.#waiting) {
      if (settled !== 'stopped' && !waiter.until.includes(settled)) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }
}
