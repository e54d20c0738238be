/** What a reducer wants done. Effects are values: the workflow carries them out, in their order. */
import type { DecisionCause, DecisionDraft } from '../../model/decision.ts';
import type { TaskPatch } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';

/** Work on a container instance. Launches and stops go out a batch an instance. */
export type HostEffect =
  | { readonly kind: 'launch'; readonly containerInstanceId: string; readonly taskIds: readonly string[] }
  | { readonly kind: 'stop'; readonly containerInstanceId: string; readonly taskIds: readonly string[] }
  /** Waits no longer for what was ordered there: it will be ordered again, or the instance is gone. */
  | { readonly kind: 'forget'; readonly containerInstanceId: string };

/** A decision as the owner makes it; the workflow adds the owner's id and the program's version. */
export interface OwnerDecision extends DecisionDraft {
  readonly id: string;
  readonly causes: readonly DecisionCause[];
  readonly at: EpochMs;
  readonly lastAt: EpochMs;
  readonly count: number;
}

export type RecordEffect =
  | { readonly kind: 'patch'; readonly patch: TaskPatch }
  /** `withNextWrite`: it can wait until something else is written. */
  | { readonly kind: 'decision'; readonly decision: OwnerDecision; readonly withNextWrite?: true };

/** What every owner of tasks may want. */
export type OwnerEffect = HostEffect | RecordEffect;

/** What a reducer may not make up for itself: the time, and ids that no one else has. */
export interface Given {
  readonly now: EpochMs;
  /** A new UUID each time; the same ones again in a replay. */
  readonly newId: () => string;
  /** At least 0, less than 1. */
  readonly random: () => number;
}

/** The next state, and the effects that the workflow must carry out. */
export interface Reduced<State, Effect> {
  readonly state: State;
  readonly effects: readonly Effect[];
}
