/** The patterns of `=~` and `!~`: RE2 syntax, whose matching time is linear in the text, so no pattern can hang a caller. */
import { RE2JS } from 're2js';

export interface Pattern {
  readonly text: string;
  readonly matches: (value: string) => boolean;
}

/**
 * The largest compiled pattern, in RE2 instructions. Matching costs at most instructions × characters, and runs inside
 * workflow code for each distinct value: counted repeats nested in long alternatives must not add up to seconds.
 */
const MAX_PATTERN_INSTRUCTIONS = 1_500;

/** The limit on the sum of counted repeats' upper bounds, checked before compiling, because compiling unrolls them. */
const MAX_COUNTED_REPEATS = 1_000;

/** ECS does not document how patterns are anchored. Here they match the whole value: `t2.*` matches `t2.small`, `t2` does not. */
const matchesWholeValue = (compiled: RE2JS, value: string): boolean => compiled.matches(value);

/**
 * Compiles a pattern.
 * @throws Error with a message fit for the caller of the API when the pattern is malformed or too large.
 */
export function compilePattern(text: string): Pattern {
  refuseLargeRepeats(text);
  const compiled = compile(text);
  if (compiled.programSize() > MAX_PATTERN_INSTRUCTIONS) throw tooLarge(text);
  const known = new Map<string, boolean>();
  const matches = (value: string): boolean => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const result = matchesWholeValue(compiled, value);
    known.set(value, result);
    return result;
  };
  return { text, matches };
}

function compile(text: string): RE2JS {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace('error parsing regexp: ', '') : 'malformed';
    throw new Error(`the pattern ${text} is not valid: ${reason}`, { cause: error });
  }
}

function refuseLargeRepeats(text: string): void {
  let repeats = 0;
  for (const [, least = '', most = ''] of text.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) repeats += Number(most || least);
  if (repeats > MAX_COUNTED_REPEATS) throw tooLarge(text);
}

const tooLarge = (text: string): Error => new Error(`the pattern ${text} is too large; use fewer counted repeats`);
