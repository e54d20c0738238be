/** What the API has promised: what each service is to be, as far as the answers tell. A call without an answer may count or not. */

/** Values that may be true; the last acknowledged one alone when nothing is in doubt. */
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

  /** The call that asked for it was refused. */
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
  /** Instances that were given notice: their tasks go within two minutes, unless they are made ACTIVE. */
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
