/** Joins tests. Loops, and none for lists of one entry, as most are: a decision asks hundreds of them. */

/** Whether one of the tests holds. */
export function anyOf<A, B>(tests: readonly ((a: A, b: B) => boolean)[]): (a: A, b: B) => boolean {
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (a, b) => {
    for (const test of tests) if (test(a, b)) return true;
    return false;
  };
}

/** Whether all of the tests hold. */
export function allOf<A>(tests: readonly ((a: A) => boolean)[]): (a: A) => boolean {
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (a) => {
    for (const test of tests) if (!test(a)) return false;
    return true;
  };
}
