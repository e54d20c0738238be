/** Work that no caller waits for, but that needs the store: a shutdown lets it finish before it closes that. */
export class Background {
  readonly #underWay = new Set<Promise<unknown>>();
  #ended = false;

  /** Does the work, which never rejects; nothing after the end. */
  async begin(work: () => Promise<unknown>): Promise<void> {
    if (this.#ended) return;
    const done = work();
    this.#underWay.add(done);
    await done;
    this.#underWay.delete(done);
  }

  /** Resolves when what is under way has finished. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#underWay);
  }
}
