/** Shortens a failing list of steps by leaving out those that the failure does not need. */
import type { Step } from '../scenario/step.ts';

export interface Shrunk {
  readonly steps: readonly Step[];
  /** How many runs it took. */
  readonly tries: number;
}

/**
 * Delta debugging: leaves out ever smaller pieces as long as the rest still fails. Stops when nothing more can go or
 * `isTimeUp`. The first list must fail.
 */
export async function shrink(
  steps: readonly Step[],
  fails: (steps: readonly Step[]) => Promise<boolean>,
  isTimeUp: () => boolean,
): Promise<Shrunk> {
  let current = steps;
  let tries = 0;
  let size = Math.ceil(current.length / 2);
  while (size >= 1 && !isTimeUp()) {
    let hasShrunk = false;
    for (let from = 0; from < current.length && !isTimeUp();) {
      const rest = [...current.slice(0, from), ...current.slice(from + size)];
      tries += 1;
      if (rest.length > 0 && (await fails(rest))) {
        current = rest;
        hasShrunk = true;
      } else from += size;
    }
    if (size === 1 && !hasShrunk) break;
    size = hasShrunk ? Math.min(size, Math.ceil(current.length / 2)) : Math.floor(size / 2);
  }
  return { steps: current, tries };
}
