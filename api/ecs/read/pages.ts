/** Pages of List* operations, with opaque tokens that are valid only for the list that they come from. */
import { invalid } from '../rules/refusals.ts';
import { defined } from '../../../model/defined.ts';
import type { Page, PageRequest } from '../../../store/contract/page.ts';
import { keyInToken, pageToken } from '../../protocol/page-token.ts';

/** The page size of operations that have no smaller default. */
const DEFAULT_PAGE_SIZE = 100;
/** The default page size of ListServices and ListAccountSettings. */
export const SHORT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 100;

/** The paging members of every List* request. */
export interface PageInput {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

function keyOf(list: readonly (string | undefined)[], token: string): string {
  const after = keyInToken(list, token);
  if (after === undefined) throw invalid('Invalid token');
  return after;
}

/**
 * Returns one page of a list. `list` identifies it by the operation's name and every filter: a token from another list
 * is refused with InvalidParameterException `Invalid token`. `load` reads the page from the store.
 */
export async function pageOf<T>(options: {
  readonly list: readonly (string | undefined)[];
  readonly input: PageInput;
  readonly defaultSize?: number;
  readonly load: (page: PageRequest) => Promise<Page<T>>;
}): Promise<PageOf<T>> {
  const { nextToken, maxResults } = options.input;
  if (maxResults !== undefined && (maxResults < 1 || maxResults > MAX_PAGE_SIZE)) {
    throw invalid(`maxResults must be between 1 and ${MAX_PAGE_SIZE}, inclusive.`);
  }
  const { list } = options;
  const limit = maxResults ?? options.defaultSize ?? DEFAULT_PAGE_SIZE;
  const after = nextToken === undefined || nextToken === '' ? undefined : keyOf(list, nextToken);
  const page = await options.load({ limit, ...defined({ after }) });
  return { items: page.items, ...(page.next === undefined ? {} : { nextToken: pageToken(list, page.next) }) };
}
