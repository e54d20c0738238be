/** Work that no caller waits for, but that needs the store. A shutdown lets it finish before it closes the store. */
export class Background {
  readonly #underWay = new Set<Promise<unknown>>();
  #ended = false;

  /** Starts the work, which must never reject. Does nothing after `end`. */
  async begin(work: () => Promise<unknown>): Promise<void> {
    if (this.#ended) return;
    const done = work();
    this.#underWay.add(done);
    await done;
    this.#underWay.delete(done);
  }

  /** Resolves when all work under way has finished. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#underWay);
  }
}
