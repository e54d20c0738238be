/**
 * Patterns with `*` and `?`: lists of literal texts and wildcards. No regular expression is built from a policy: a match takes
 * at most as many steps as the pattern's length times the text's.
 */

/** Any number of characters. */
export const ANY = 1;
/** Any number of characters, but no colon. */
export const ANY_BUT_COLON = 2;
/** One character. */
export const ONE = 3;
/** One character, but no colon. */
export const ONE_BUT_COLON = 4;

export type Wildcard = typeof ANY | typeof ANY_BUT_COLON | typeof ONE | typeof ONE_BUT_COLON;
export type Pattern = readonly (string | Wildcard)[];

/** Whether the text from `from` (0 if absent) up to `to` (its end if absent) matches. */
export type TextTest = (text: string, from?: number, to?: number) => boolean;

/** Whether a pattern consists of `*` only. */
export const isAnything = (pattern: Pattern): boolean => pattern.length > 0 && pattern.every((piece) => piece === ANY);

/** Compiles a pattern. Most patterns are a literal text, one with a `*` behind it, or one that begins like few texts. */
export function wildcardTest(pattern: Pattern): TextTest {
  const head = typeof pattern[0] === 'string' ? pattern[0] : '';
  const rest = head === '' ? pattern : pattern.slice(1);
  if (rest.length === 0) {
    return (text, from = 0, to = text.length) => to - from === head.length && text.startsWith(head, from);
  }
  const begins = (text: string, from: number, to: number): boolean =>
    to - from >= head.length && text.startsWith(head, from);
  if (isAnything(rest)) return (text, from = 0, to = text.length) => begins(text, from, to);
  const matches = rest.includes(ANY_BUT_COLON) ? simulate : scan;
  return (text, from = 0, to = text.length) => begins(text, from, to) && matches(rest, text, from + head.length, to);
}

/** Matches a pattern that is used once. */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  return pattern.includes(ANY_BUT_COLON)
    ? simulate(pattern, text, 0, text.length)
    : scan(pattern, text, 0, text.length);
}

/** How far a piece reaches that is no star; undefined if it does not match there. */
function reach(piece: string | Wildcard | undefined, text: string, at: number, to: number): number | undefined {
  if (typeof piece === 'string') {
    const end = at + piece.length;
    return end <= to && text.startsWith(piece, at) ? end : undefined;
  }
  const matches = at < to && (piece === ONE || (piece === ONE_BUT_COLON && text[at] !== ':'));
  return matches ? at + 1 : undefined;
}

/** Goes back to the last `*` only: what an earlier one could take in, the last one can take in, too. */
function scan(pattern: Pattern, text: string, from: number, to: number): boolean {
  let [at, next, star, retry] = [from, 0, -1, from];
  for (;;) {
    const piece = pattern[next];
    if (piece === ANY) {
      star = next;
      retry = at;
      if (star === pattern.length - 1) return true;
    } else {
      if (piece === undefined && at === to) return true;
      const end = reach(piece, text, at, to);
      if (end !== undefined) {
        next++;
        at = end;
        continue;
      }
      if (star < 0 || retry >= to) return false;
      retry++;
    }
    const following = pattern[star + 1];
    if (typeof following === 'string') {
      retry = text.indexOf(following, retry);
      if (retry < 0) return false;
    }
    next = star + 1;
    at = retry;
  }
}

/** For patterns with both kinds of stars, where going back to the last one is not enough: all places at the same time. */
function simulate(pattern: Pattern, text: string, from: number, to: number): boolean {
  const pieces = pattern.flatMap<string | Wildcard>((piece) => (typeof piece === 'string' ? piece.split('') : piece));
  let places = new Set<number>();
  const enter = (place: number, into: Set<number>): void => {
    for (let next = place; !into.has(next); next++) {
      into.add(next);
      if (pieces[next] !== ANY && pieces[next] !== ANY_BUT_COLON) return;
    }
  };
  enter(0, places);
  for (let at = from; at < to; at++) {
    const following = new Set<number>();
    for (const place of places) {
      const piece = pieces[place];
      if (piece === ANY || (piece === ANY_BUT_COLON && text[at] !== ':')) enter(place, following);
      else if (reach(piece, text, at, to) !== undefined) enter(place + 1, following);
    }
    places = following;
  }
  return places.has(pieces.length);
}
