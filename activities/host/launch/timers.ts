/** Timers that do not keep the process alive and can be cleared together. */
export class Timers {
  readonly #pending = new Set<NodeJS.Timeout>();

  /** Runs the action after the time, unless the timers are cleared first. */
  later(waitMs: number, action: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      action();
    }, waitMs);
    timer.unref();
    this.#pending.add(timer);
    return timer;
  }

  clear(): void {
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
