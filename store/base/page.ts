/**
 * Keyset paging: a query asks for one row more than the page holds, and the surplus row shows that another page
 * follows.
 */
import type { Page } from '../contract/page.ts';

/** The first `limit` of the rows. If there are more, `next` is the key of the last one. */
export function pageOf<T>(rows: readonly T[], limit: number, keyOf: (item: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, next: keyOf(last) } : { items };
}
