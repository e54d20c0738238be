/** Puts a decision into plain words. Pure: the same record gives the same words. */
import { decisionKind, type Decision } from '../../model/decision.ts';
import { detailsOf } from './details.ts';
import { hasManyChanges, headlineOf } from './headline.ts';
import type { Wording } from './step.ts';

/** What was decided and why, and below it the cause and the facts. `focus`: the task that the question is about. */
export function wordingOf(decision: Decision, focus?: string): Wording {
  const changesBelow = decisionKind(decision) !== 'call' || hasManyChanges(decision);
  return { headline: headlineOf(decision, focus), details: detailsOf(decision, { changesBelow }) };
}
