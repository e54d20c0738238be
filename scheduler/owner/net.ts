/** The net under a reducer: an exception that nobody foresaw costs one input, and not the owner. */
import { isEcsError } from '../../model/errors.ts';
import type { DecisionDraft } from '../../model/decision.ts';
import type { Reduced } from './effects.ts';

/** An input whose change of the state was discarded. */
export type Discarded<R> = R & { readonly error: Error };

/**
 * What the reducer says, unless it throws: then what `discard` makes of the error, with the state as it was. A refusal, which is an
 * EcsError, passes: nothing has changed, and the caller is told.
 */
export function overNet<R extends Reduced<unknown, unknown>>(
  reduce: () => R,
  discard: (error: Error) => R,
): R | Discarded<R> {
  try {
    return reduce();
  } catch (thrown) {
    if (isEcsError(thrown)) throw thrown;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { ...discard(error), error };
  }
}

/** What the record says of it; `input`: its kind. */
export const discardedDraft = (input: string, { message }: Error): DecisionDraft => ({
  reasons: [{ reason: 'inputDiscarded', count: 1 }],
  tasks: [],
  facts: { input, error: message },
});
