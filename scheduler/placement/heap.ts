/** A binary heap whose first item may change in place. */
export class Heap<T> {
  readonly #items: T[];
  readonly #compare: (a: T, b: T) => number;

  constructor(items: readonly T[], compare: (a: T, b: T) => number) {
    this.#items = [...items];
    this.#compare = compare;
    for (let i = (this.#items.length >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  /** The smallest item; undefined if the heap is empty. */
  get first(): T | undefined {
    return this.#items[0];
  }

  /** Restores the order after the first item has changed. */
  settleFirst(): void {
    this.#sink(0);
  }

  removeFirst(): void {
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return;
    this.#items[0] = last;
    this.#sink(0);
  }

  #sink(from: number): void {
    const items = this.#items;
    const moving = items[from];
    if (moving === undefined) return;
    let hole = from;
    for (;;) {
      const child = this.#smallerChild(hole);
      const candidate = items[child];
      if (candidate === undefined || this.#compare(candidate, moving) >= 0) break;
      items[hole] = candidate;
      hole = child;
    }
    items[hole] = moving;
  }

  #smallerChild(parent: number): number {
    const left = 2 * parent + 1;
    const [a, b] = [this.#items[left], this.#items[left + 1]];
    return a !== undefined && b !== undefined && this.#compare(b, a) < 0 ? left + 1 : left;
  }
}
