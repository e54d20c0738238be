/** Puts the parts of a reduction together. */
import { noteOnce } from '../reconcile/notes.ts';
import { DEFAULT_POLICY } from '../service/policy.ts';
import type { Reduced } from '../owner/effects.ts';
import type { ServiceState } from '../service/state.ts';
import type { EpochMs } from '../../model/time.ts';
import type { ServiceEffect } from './inputs.ts';
import { writeRow } from './record.ts';

export type Step = Reduced<ServiceState, ServiceEffect>;

/** Each part goes on from the state that the one before it left; the effects follow each other. */
export function inTurn(state: ServiceState, ...parts: readonly ((state: ServiceState) => Step)[]): Step {
  let current = state;
  const effects: ServiceEffect[] = [];
  for (const part of parts) {
    const step = part(current);
    current = step.state;
    effects.push(...step.effects);
  }
  return { state: current, effects };
}

/** A part that only changes the state. */
export const changing =
  (change: (state: ServiceState) => ServiceState) =>
  (state: ServiceState): Step => ({ state: change(state), effects: [] });

/** The last plan is out of date. */
export const planAgain = (state: ServiceState): ServiceState =>
  state.run.changed ? state : { ...state, run: { ...state.run, changed: true } };

/** Writes the row, and has the next plan look at what has changed. */
export const changedRow = (state: ServiceState): Step => writeRow(planAgain(state));

/** The message as an event, unless it was written lately; its note is kept. */
export function tellOnce(
  state: ServiceState,
  message: string,
  now: EpochMs,
): { readonly state: ServiceState; readonly events: readonly string[] } {
  const { due, notedAt } = noteOnce(state.notedAt, message, now, DEFAULT_POLICY.repeatEventAfterMs);
  return { state: { ...state, notedAt }, events: due ? [message] : [] };
}
