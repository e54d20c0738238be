/**
 * Text as Postgres can hold it. It has no NUL and no half of a surrogate pair, in text or in JSON; what agents report, from
 * engines and programs, has both now and then. Each becomes U+FFFD, as a decoder of broken text does it. What callers send
 * is refused at the API before it comes here.
 */
const REPLACEMENT = '\uFFFD';
const HALF_A_PAIR = /\p{Surrogate}/gu;

/** A value of a statement; text in lists too. */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  return Array.isArray(value) ? value.map(storable) : value;
}

const storableText = (text: string): string => text.replaceAll('\0', REPLACEMENT).replaceAll(HALF_A_PAIR, REPLACEMENT);

/** What JSON.stringify writes for those two; an escaped backslash before such letters is none of them. */
const ESCAPED = /\\(?:\\|u0000|u[dD][89a-fA-F][0-9a-fA-F]{2})/g;

/** JSON for a column or a parameter of the store. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(ESCAPED, (escape) => (escape === '\\\\' ? escape : '\\ufffd'));
