/** Pages of IAM's lists: MaxItems and Marker in, IsTruncated and Marker out. */
import { AwsError } from '../../model/errors.ts';
import { defined } from '../../model/defined.ts';
import type { Page, PageRequest } from '../../store/contract/page.ts';
import { keyInToken, pageToken } from '../protocol/page-token.ts';

const DEFAULT_PAGE_SIZE = 100;

/** The paging members of a request. */
export interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** One page, and the paging members of the answer. */
export interface PageOf<T> {
  readonly items: readonly T[];
  readonly paging: { readonly IsTruncated: boolean; readonly Marker?: string };
}

/**
 * Returns one page of a list. `list` identifies it by the operation's name and every filter: a Marker of another list is
 * refused with ValidationError. `load` reads the page from the store.
 */
export async function pageOf<T>(
  list: readonly (string | undefined)[],
  { Marker, MaxItems }: PageInput,
  load: (page: PageRequest) => Promise<Page<T>>,
): Promise<PageOf<T>> {
  const after = Marker === undefined ? undefined : keyInToken(list, Marker);
  if (Marker !== undefined && after === undefined) throw new AwsError('ValidationError', 'Invalid Marker.');
  const { items, next } = await load({ limit: MaxItems ?? DEFAULT_PAGE_SIZE, ...defined({ after }) });
  const marker = next === undefined ? {} : { Marker: pageToken(list, next) };
  return { items, paging: { IsTruncated: next !== undefined, ...marker } };
}
