/** The version of IAM's records, for whoever keeps some of them in memory: asked for once a second at most. */
import type { IamStore } from '../../store/contract/iam.ts';

/** What was changed may hold for this long, as in AWS, where it takes seconds. */
const FRESH_MS = 1_000;

export class IamVersion {
  readonly #store: Pick<IamStore, 'iamVersion'>;
  readonly #now: () => number;
  #asked: { readonly at: number; readonly answer: Promise<number> } | undefined;

  /** `now`: milliseconds since the epoch. */
  constructor(store: Pick<IamStore, 'iamVersion'>, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Rejects if the store does not answer; the next call asks again then. */
  async current(): Promise<number> {
    const now = this.#now();
    if (this.#asked === undefined || now - this.#asked.at >= FRESH_MS) {
      this.#asked = { at: now, answer: this.#store.iamVersion() };
    }
    const asked = this.#asked;
    try {
      return await asked.answer;
    } catch (error) {
      if (this.#asked === asked) this.#asked = undefined;
      throw error;
    }
  }
}

/** One thing that is read again when IAM's records have changed. */
export class KeptWhileUnchanged<T> {
  readonly #version: IamVersion;
  readonly #read: () => Promise<T>;
  #kept: { readonly version: number; readonly value: Promise<T> } | undefined;

  constructor(version: IamVersion, read: () => Promise<T>) {
    this.#version = version;
    this.#read = read;
  }

  async current(): Promise<T> {
    const version = await this.#version.current();
    if (this.#kept?.version !== version) this.#kept = { version, value: this.#read() };
    const kept = this.#kept;
    try {
      return await kept.value;
    } catch (error) {
      if (this.#kept === kept) this.#kept = undefined;
      throw error;
    }
  }
}
