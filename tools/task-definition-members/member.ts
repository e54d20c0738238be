/** What happens to one member of a task definition, or of a task's overrides. */

export type Verdict = 'works' | 'refused' | 'shown';

export interface Member<Path extends string = string> {
  /**
   * As in the API's model: `[]` for an item of a list, `{}` for a value of a map. `=VALUE` at its end: for this value alone.
   */
  readonly path: Path;
  /** `shown`: it is accepted and shown again, and has no effect. */
  readonly verdict: Verdict;
  /** What happens here, in a few words. What is refused says what to do instead. */
  readonly words: string;
  /** Longshore's version. Absent where the member is refused. */
  readonly since?: string;
}

/** A member that has its effect. */
export const works = <Path extends string>(path: Path, words: string, since = '0.1.0'): Member<Path> => ({
  path,
  verdict: 'works',
  words,
  since,
});

/** A member that is shown and has no effect. */
export const shown = <Path extends string>(path: Path, words: string, since = '0.1.0'): Member<Path> => ({
  path,
  verdict: 'shown',
  words,
  since,
});

/** Members that are refused by the name of one parameter. */
export const refused = <Path extends string>(paths: readonly Path[], words: string): readonly Member<Path>[] =>
  paths.map((path) => ({ path, verdict: 'refused', words }));
