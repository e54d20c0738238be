/** Pages of List* operations, with opaque tokens that are valid only for the list that they come from. */
import { createHash } from 'node:crypto';
import { invalid } from '../rules/refusals.ts';
import { defined } from '../../../model/defined.ts';
import type { Page, PageRequest } from '../../../store/contract/page.ts';

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

/** A short, stable name of the list that does not show its filters. */
const fingerprint = (list: readonly (string | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 16);

const encodeToken = (list: string, after: string): string =>
  Buffer.from(JSON.stringify([list, after])).toString('base64url');

function decodeToken(list: string, token: string): string {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    throw invalid('Invalid token');
  }
  if (!Array.isArray(parts) || parts.length !== 2) throw invalid('Invalid token');
  const [of, after] = parts as unknown[];
  if (of !== list || typeof after !== 'string') throw invalid('Invalid token');
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
  const list = fingerprint(options.list);
  const limit = maxResults ?? options.defaultSize ?? DEFAULT_PAGE_SIZE;
  const after = nextToken === undefined || nextToken === '' ? undefined : decodeToken(list, nextToken);
  const page = await options.load({ limit, ...defined({ after }) });
  return { items: page.items, ...(page.next === undefined ? {} : { nextToken: encodeToken(list, page.next) }) };
}
