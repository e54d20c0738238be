/** Decisions on their way into the record: with an id, a time, and what the owner had learned before. */
import type { DecisionCause, DecisionDraft } from '../../model/decision.ts';
import type { Given, OwnerDecision, RecordEffect } from './effects.ts';

/** A decision that is made again and again is written again no more often than this. */
const REPEAT_WRITE_MS = 10_000;

/** A decision that stands: made again, it is the same record. Crosses continue-as-new unchanged. */
export interface StandingDecision {
  readonly key: string;
  readonly id: string;
  readonly at: number;
  readonly count: number;
  readonly writtenAt: number;
}

/** A decision with the key that tells whether it stands already. `urgent`: a new one is written at once. */
export interface StandingDraft extends DecisionDraft {
  readonly key: string;
  readonly urgent: boolean;
}

/** The decision, made now. */
export function makeDecision(draft: DecisionDraft, causes: readonly DecisionCause[], given: Given): OwnerDecision {
  const { now } = given;
  return { ...draft, id: given.newId(), causes, at: now, lastAt: now, count: 1 };
}

/** The same, to be written. */
export const recordDecision = (draft: DecisionDraft, causes: readonly DecisionCause[], given: Given): RecordEffect => ({
  kind: 'decision',
  decision: makeDecision(draft, causes, given),
});

/** What stands now, and what to write of it: a new decision, or from time to time how often the old one was made. */
export function standDecision(
  { key, urgent, ...draft }: StandingDraft,
  before: StandingDecision | undefined,
  { causes, given }: { readonly causes: readonly DecisionCause[]; readonly given: Given },
): { readonly standing: StandingDecision; readonly effects: readonly RecordEffect[] } {
  if (before?.key !== key) {
    const decision = makeDecision(draft, causes, given);
    const { id, at } = decision;
    return {
      standing: { key, id, at, count: 1, writtenAt: at },
      effects: [{ kind: 'decision', decision, ...(urgent ? {} : { withNextWrite: true }) }],
    };
  }
  const { id, at, writtenAt } = before;
  const { now } = given;
  const count = before.count + 1;
  if (now - writtenAt < REPEAT_WRITE_MS) return { standing: { ...before, count }, effects: [] };
  return {
    standing: { key, id, at, count, writtenAt: now },
    effects: [{ kind: 'decision', decision: { ...draft, id, causes, at, lastAt: now, count }, withNextWrite: true }],
  };
}
