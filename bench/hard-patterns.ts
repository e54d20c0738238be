/** Patterns of the cluster query language that would hang a backtracking matcher. */

/** Each pattern comes with a text that it does not match. */
export const HARD_PATTERNS: readonly string[] = [
  '(a+)+$',
  '(a*)*b',
  '(a|aa)+$',
  '(.*)(.*)(.*)(.*)(.*)x',
  '(a?){100}a{100}',
];
export const HARD_TEXT = `${'a'.repeat(5_000)}!`;

/** The parser refuses these, because a program for them would be too large. */
export const TOO_LARGE_PATTERNS: readonly string[] = [
  '(a{1000}){2}',
  '(\\pL{1,1000})'.repeat(100),
  `(${'abc'.repeat(60)}){100}`,
];
