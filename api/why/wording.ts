/** A decision in plain words. Pure: the same record, the same words. */
import { decisionKind, type Decision } from '../../model/decision.ts';
import { detailsOf } from './details.ts';
import { hasManyChanges, headlineOf } from './headline.ts';
import type { Wording } from './step.ts';

/** What was decided and why; below it what caused it and on which facts. `focus`: the task that is asked about. */
export function wordingOf(decision: Decision, focus?: string): Wording {
  const changesBelow = decisionKind(decision) !== 'call' || hasManyChanges(decision);
  return { headline: headlineOf(decision, focus), details: detailsOf(decision, { changesBelow }) };
}
