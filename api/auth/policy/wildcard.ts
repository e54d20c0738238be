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

/** Whether the part of the text from `from` up to `to` matches. */
export type RangeTest = (text: string, from: number, to: number) => boolean;

/** Whether a pattern consists of `*` only. */
export const isAnything = (pattern: Pattern): boolean => pattern.length > 0 && pattern.every((piece) => piece === ANY);

/**
 * Whether a piece of text stands at a place. ARNs and names differ at their ends, so the last character goes first. `slice` and
 * `===` compare memory, where `startsWith` goes from character to character.
 */
export function standsAt(text: string, piece: string, at: number): boolean {
  const end = at + piece.length;
  if (end === at) return true;
  return text.charCodeAt(end - 1) === piece.charCodeAt(piece.length - 1) && text.slice(at, end) === piece;
}

/** The literal text at the beginning of a pattern, and the rest. */
function split(pattern: Pattern): { readonly head: string; readonly rest: Pattern } {
  const [head] = pattern;
  return typeof head === 'string' ? { head, rest: pattern.slice(1) } : { head: '', rest: pattern };
}

/** Compiles a pattern. Most patterns are a literal text, one with a `*` behind it, or one that begins like few texts. */
export function wildcardTest(pattern: Pattern): (text: string) => boolean {
  const { head, rest } = split(pattern);
  if (rest.length === 0) return (text) => text === head;
  if (isAnything(rest)) return head === '' ? () => true : (text) => standsAt(text, head, 0);
  const matches = restTest(rest);
  return (text) => standsAt(text, head, 0) && matches(text, head.length, text.length);
}

/** Compiles a pattern for parts of texts. */
export function rangeTest(pattern: Pattern): RangeTest {
  const { head, rest } = split(pattern);
  if (rest.length === 0) return (text, from, to) => to - from === head.length && standsAt(text, head, from);
  if (isAnything(pattern)) return () => true;
  const matches = restTest(rest);
  return (text, from, to) =>
    to - from >= head.length && standsAt(text, head, from) && matches(text, from + head.length, to);
}

/** How what follows the literal beginning is matched. */
function restTest(rest: Pattern): RangeTest {
  if (rest.includes(ANY_BUT_COLON)) return (text, from, to) => simulate(rest, text, from, to);
  if (rest[0] !== ANY || rest.some((piece) => typeof piece !== 'string' && piece !== ANY)) {
    return (text, from, to) => scan(rest, text, from, to);
  }
  return between(
    rest.filter((piece) => typeof piece === 'string'),
    rest.at(-1) === ANY,
  );
}

/** Literal texts with a `*` before each of them, and `open`: one behind the last. The first place of each is the best. */
function between(literals: readonly string[], open: boolean): RangeTest {
  const searched = open ? literals : literals.slice(0, -1);
  const last = open ? '' : (literals.at(-1) ?? '');
  return (text, from, to) => {
    let at = from;
    for (const literal of searched) {
      const found = text.indexOf(literal, at);
      if (found < 0) return false;
      at = found + literal.length;
    }
    return at <= to - last.length && standsAt(text, last, to - last.length);
  };
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
    return end <= to && standsAt(text, piece, at) ? end : undefined;
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
