/** Pages of lists, whatever the members are called that ask for them. */
import type { AwsError } from '../../model/errors.ts';
import { defined } from '../../model/defined.ts';
import type { Page, PageRequest } from '../../store/contract/page.ts';
import { keyInToken, pageToken } from './page-token.ts';

/** So many entries one call looks at: a page may be short, or even empty, and have a token. */
const MOST_SCANNED = 2_000;
const BATCH = 100;

/** Pages of a list that is in memory. The items are in the order of their keys, which `keyOf` gives. */
export const pageOfAll = <T>(
  items: readonly T[],
  { after, limit }: PageRequest,
  keyOf: (item: T) => string,
): Page<T> => {
  const start = after === undefined ? 0 : items.findIndex((item) => keyOf(item) === after) + 1;
  const rest = items.slice(start, start + limit);
  const last = rest.at(-1);
  return start + limit < items.length && last !== undefined ? { items: rest, next: keyOf(last) } : { items: rest };
};

/** How a list is read, and which of its entries a filter keeps. */
export interface Scan<T> {
  readonly load: (page: PageRequest) => Promise<Page<T>>;
  readonly keep: (item: T) => boolean;
  /** The key with which the list goes on behind the item. */
  readonly keyOf: (item: T) => string;
}

/** A page of what the filter keeps. */
export async function scanned<T>({ after, limit }: PageRequest, { load, keep, keyOf }: Scan<T>): Promise<Page<T>> {
  const kept: T[] = [];
  let from = after;
  for (let seen = 0; seen < MOST_SCANNED; seen += BATCH) {
    const { items, next } = await load({ limit: BATCH, ...defined({ after: from }) });
    for (const item of items.filter(keep)) {
      const last = kept.at(-1);
      if (kept.length === limit && last !== undefined) return { items: kept, next: keyOf(last) };
      kept.push(item);
    }
    if (next === undefined) return { items: kept };
    from = next;
  }
  return { items: kept, ...defined({ next: from }) };
}

/** The paging members of requests that go on with a NextToken. */
export interface TokenInput {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

/** `list`: the operation's name and every filter. `badToken`: the refusal of a token of another list. */
export interface TokenList {
  readonly list: readonly (string | undefined)[];
  readonly defaultSize: number;
  readonly badToken: () => AwsError;
}

/** One page of a list, and the member with which the answer says that more follows. */
export async function tokenPage<T>(
  { list, defaultSize, badToken }: TokenList,
  { NextToken, MaxResults }: TokenInput,
  load: (page: PageRequest) => Promise<Page<T>> | Page<T>,
): Promise<{ readonly items: readonly T[]; readonly paging: { readonly NextToken?: string } }> {
  const after = NextToken === undefined ? undefined : keyInToken(list, NextToken);
  if (NextToken !== undefined && after === undefined) throw badToken();
  const { items, next } = await load({ limit: MaxResults ?? defaultSize, ...defined({ after }) });
  return { items, paging: next === undefined ? {} : { NextToken: pageToken(list, next) } };
}
