/**
 * Makes text storable. Postgres cannot hold NUL or half of a surrogate pair, in text or in JSON, but agents' reports
 * contain them now and then, from engines and programs. Each becomes U+FFFD, as when broken text is decoded. The API
 * refuses such text from callers.
 */
const REPLACEMENT = '\uFFFD';
const HALF_A_PAIR = /\p{Surrogate}/gu;

/** A value of a statement, with its text repaired; also in lists. */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  return Array.isArray(value) ? value.map(storable) : value;
}

const storableText = (text: string): string => text.replaceAll('\0', REPLACEMENT).replaceAll(HALF_A_PAIR, REPLACEMENT);

/**
 * The escapes that JSON.stringify writes for these two. An escaped backslash before such letters is not one of them.
 */
const ESCAPED = /\\(?:\\|u0000|u[dD][89a-fA-F][0-9a-fA-F]{2})/g;

/** JSON for a column or a parameter of the store. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(ESCAPED, (escape) => (escape === '\\\\' ? escape : '\\ufffd'));
