/** Joins tests. Most lists in policies have one entry, which then costs no loop: a decision asks hundreds of them. */

type Test<Subject extends readonly unknown[]> = (...subject: Subject) => boolean;

/** Whether one of the tests holds. */
export function anyOf<Subject extends readonly unknown[]>(tests: readonly Test<Subject>[]): Test<Subject> {
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : (...subject) => tests.some((test) => test(...subject));
}

/** Whether all of the tests hold. */
export function allOf<Subject extends readonly unknown[]>(tests: readonly Test<Subject>[]): Test<Subject> {
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : (...subject) => tests.every((test) => test(...subject));
}
