/** The request context: the values of condition keys. Names of keys mean the same in upper and lower case. */

/** One value, or the values of a multivalued key. A key with an empty list counts as absent. */
export type ContextValue = string | readonly string[];
export type ContextValues = Readonly<Record<string, ContextValue>>;

/** What the tests of a statement see of a request. */
export class Context {
  readonly #values = new Map<string, readonly string[]>();
  readonly #parsed = new Map<(text: string) => unknown, Map<string, unknown>>();

  /** A key in a later record replaces the same key in an earlier one. */
  constructor(...records: readonly ContextValues[]) {
    for (const record of records) {
      for (const [key, value] of Object.entries(record)) {
        this.#values.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
      }
    }
  }

  /** The values of a key, whose name is in lower case; undefined if there are none. */
  values(key: string): readonly string[] | undefined {
    const values = this.#values.get(key);
    return values?.length === 0 ? undefined : values;
  }

  /** The value of a single-valued key. A multivalued one cannot stand for a policy variable. */
  single(key: string): string | undefined {
    const values = this.#values.get(key);
    return values?.length === 1 ? values[0] : undefined;
  }

  /** `parse(text)`, once for all statements that ask: parsing costs more than comparing. */
  parsed<T>(text: string, parse: (text: string) => T): T {
    let known = this.#parsed.get(parse);
    if (known === undefined) this.#parsed.set(parse, (known = new Map<string, unknown>()));
    let value = known.get(text);
    if (value === undefined) known.set(text, (value = parse(text)));
    return value as T;
  }
}
