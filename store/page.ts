/** Keyset paging: a query asks for one row more than the page holds, and the surplus says that another page follows. */
/** One page of a list: `next` is the key to pass as `after` for the following page; absent on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
}

/** The first `limit` of the rows; `next` is the key of the last of them when there are more. */
export function pageOf<T>(rows: readonly T[], limit: number, keyOf: (item: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, next: keyOf(last) } : { items };
}
