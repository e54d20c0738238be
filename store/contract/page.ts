/** Pages of lists. */

/** One page of a list. `next` is the key to pass as `after` for the following page; absent on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
}
