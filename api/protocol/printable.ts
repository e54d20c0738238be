/** Text of callers in answers and in the log: cut and escaped here, so that no message has to think of it. */

const MOST_CHARACTERS = 2_000;
/** Longer than ARNs are; lists of values that a message offers are parted by commas. */
const MOST_IN_ONE_WORD = 200;
const LONG_WORD = new RegExp(String.raw`[^\s,]{${MOST_IN_ONE_WORD + 1},}`, 'gu');
/** Characters that move the cursor, end the line or are none. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/gu;

/** The text with control characters shown as \uXXXX, long words cut, and no longer than a page. */
export const printable = (text: string): string =>
  cut(
    text.replaceAll(UNPRINTABLE, escaped).replaceAll(LONG_WORD, (word) => cut(word, MOST_IN_ONE_WORD)),
    MOST_CHARACTERS,
  );

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** By characters, not halves of them. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most).join('')}…`;
}
