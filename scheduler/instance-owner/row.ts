/** A container instance's row: the changes of it that the workflow records, each with the decision behind it. Pure. */
import type { CallCause, DecisionDraft, InstanceReason } from '../../model/decision.ts';
import { defined } from '../../model/defined.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';
import { makeDecision } from '../owner/decision-log.ts';
import type { Given, OwnerDecision } from '../owner/effects.ts';
import type { InstanceEffect, InstanceRecordEffect, InstanceReduced } from './inputs.ts';
import type { InstanceState } from './state.ts';

type Changes = Omit<InstanceRecordEffect['changes'], 'version'>;

/** Why something is decided. */
export interface Why {
  readonly reason: InstanceReason;
  readonly cause?: CallCause | undefined;
  readonly changes?: DecisionDraft['changes'];
}

/** The state that says what the row will say, and the change of the row. */
export function record(
  before: InstanceState,
  changes: Changes,
  why: Why,
  given: Given,
): { readonly state: InstanceState; readonly effect: InstanceRecordEffect } {
  // Above every version of an earlier life of the same instance id.
  const recordVersion = Math.max(before.recordVersion + 1, given.now);
  const { status = before.status, agentConnected = before.agentConnected } = changes;
  return {
    state: { ...before, status, agentConnected, recordVersion },
    effect: {
      kind: 'record',
      changes: { version: recordVersion, ...changes },
      decision: decide(before, draftOf(why), given, why.cause),
      before: { status: before.status, agentConnected: before.agentConnected },
    },
  };
}

/** The row is as it was. An instance that was never registered has no reason to live on. */
export function refused(state: InstanceState, { changes, before }: InstanceRecordEffect): InstanceState {
  if (before.status === 'REGISTERING') return { ...state, status: before.status, ended: true };
  const { status, agentConnected, ended } = state;
  return {
    ...state,
    ended: ended && changes.status !== 'INACTIVE',
    status: status === changes.status ? before.status : status,
    agentConnected: agentConnected === changes.agentConnected ? before.agentConnected : agentConnected,
  };
}

export const draftOf = ({ reason, changes }: Why): DecisionDraft => ({
  reasons: [{ reason, count: 1 }],
  tasks: [],
  ...defined({ changes }),
});

export const decide = (state: InstanceState, draft: DecisionDraft, given: Given, cause?: CallCause): OwnerDecision =>
  makeDecision(
    { ...draft, containerInstanceIds: [state.containerInstanceId] },
    cause === undefined ? [] : [cause],
    given,
  );

export const notify = (
  { containerInstanceId }: InstanceState,
  notice: Omit<InstanceNotice, 'containerInstanceId'>,
  ownersBefore?: readonly string[],
): InstanceEffect => ({ kind: 'notify', notice: { ...notice, containerInstanceId }, ...defined({ ownersBefore }) });

export const only = (state: InstanceState): InstanceReduced => ({ state, effects: [] });

export const step = (state: InstanceState, ...effects: readonly InstanceEffect[]): InstanceReduced => ({
  state,
  effects,
});

/** What follows in the state that the first step left, after its effects. */
export function followedBy(first: InstanceReduced, next: (state: InstanceState) => InstanceReduced): InstanceReduced {
  const { state, effects } = next(first.state);
  return { ...first, state, effects: [...first.effects, ...effects] };
}
