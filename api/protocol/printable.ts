/** Makes callers' text safe for answers and the log: it is cut and escaped here, so that no message needs to do so. */

const MOST_CHARACTERS = 2_000;
/** Longer than any ARN. Commas separate words, so a message's list of values is not cut. */
const MOST_IN_ONE_WORD = 200;
const LONG_WORD = new RegExp(String.raw`[^\s,]{${MOST_IN_ONE_WORD + 1},}`, 'gu');
/** Control characters, line separators, and halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/gu;

/** The text with control characters shown as \uXXXX. */
export const escapeControls = (text: string): string => text.replaceAll(UNPRINTABLE, escaped);

/** The text with control characters shown as \uXXXX, long words cut, and at most about a page long. */
export const printable = (text: string): string =>
  cut(
    escapeControls(text).replaceAll(LONG_WORD, (word) => cut(word, MOST_IN_ONE_WORD)),
    MOST_CHARACTERS,
  );

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Counts whole characters, so that no surrogate pair is split. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most).join('')}…`;
}
