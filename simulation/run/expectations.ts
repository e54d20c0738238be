/**
 * What the API has promised: the state that each service should reach, as far as the answers tell. A call without an
 * answer may or may not count.
 */

/** Values that may be true; only the last acknowledged one if nothing is in doubt. */
export class Believed<T> {
  #values: readonly T[];

  constructor(values: readonly T[]) {
    this.#values = values;
  }

  get values(): readonly T[] {
    return this.#values;
  }

  set(value: T, isCertain: boolean): void {
    this.#values = isCertain ? [value] : [...this.#values, value];
  }

  /** The call that asked for this value was refused. */
  retract(value: T): void {
    const last = this.#values.lastIndexOf(value);
    this.#values = this.#values.filter((_, i) => i !== last);
  }
}

export class ExpectedService {
  readonly exists = new Believed<boolean>([false]);
  readonly desiredCount = new Believed<number>([]);
  readonly tasks = new Believed<string>([]);
  readonly minimum = new Believed<number>([]);
  readonly maximum = new Believed<number>([]);
}

export class Expectations {
  readonly #services = new Map<string, ExpectedService>();
  /** Tasks whose stop was acknowledged. */
  readonly stoppedTaskIds = new Set<string>();
  /**
   * Instances with a notice of interruption: their tasks leave within two minutes, unless the user makes the instance
   * ACTIVE.
   */
  readonly interruptedInstanceIds = new Set<string>();

  get services(): ReadonlyMap<string, ExpectedService> {
    return this.#services;
  }

  service(name: string): ExpectedService {
    const known = this.#services.get(name) ?? new ExpectedService();
    this.#services.set(name, known);
    return known;
  }
}
