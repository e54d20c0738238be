/**
 * The update of an instance's agent, PENDING → STAGING → STAGED → UPDATING → UPDATED or FAILED: what each input does to it. Pure.
 * An update of an agent that is away waits for it, as in ECS. One that an end of the agent interrupts begins again when the
 * agent is back, a few times.
 */
import { type AgentBuild, type AgentUpdateStatus, buildName, isSameBuild } from '../../model/agent-update.ts';
import type { UpdateAgentCommand } from '../../model/commands.ts';
import type { InstanceRegistration } from '../../model/container-instance.ts';
import type { CallCause, InstanceReason } from '../../model/decision.ts';
import { EcsError } from '../../model/errors.ts';
import type { Given } from '../owner/effects.ts';
import type { AgentUpdateInput, InstanceEffect, InstanceReduced } from './inputs.ts';
import { only, record, step, followedBy } from './row.ts';
import type { AgentUpdateState, InstanceState } from './state.ts';

/** An agent that goes away during its update more often has a fault that another attempt does not cure. */
const MOST_INTERRUPTIONS = 3;

const UNDER_WAY = 'There is already an update of the container agent in progress on this container instance.';
const NEVER_BACK = 'The agent ended for its new version, and none came back before the instance was given up.';
const AWAY_TOO_OFTEN = `The agent ended during its update, or gave it back, and at each of ${MOST_INTERRUPTIONS} further attempts.`;

type UnderWay = AgentUpdateState & { readonly status: Exclude<AgentUpdateStatus, 'UPDATED' | 'FAILED'> };

const isUnderWay = (update: AgentUpdateState | undefined): update is UnderWay =>
  update !== undefined && update.status !== 'UPDATED' && update.status !== 'FAILED';

/** UpdateContainerAgent. Throws UpdateInProgressException. */
export function askForUpdate(before: InstanceState, command: UpdateAgentCommand, given: Given): InstanceReduced {
  const { target, cause } = command;
  if (isUnderWay(before.agentUpdate)) throw new EcsError('UpdateInProgressException', UNDER_WAY);
  const asked = { ...before, agentUpdate: { target, status: 'PENDING', interruptions: 0 } as const };
  const pending = become(
    asked,
    'PENDING',
    { reason: 'agentUpdateAsked', cause, from: before.agentUpdate?.status },
    given,
  );
  return before.heard ? followedBy(pending, (next) => stage(next, given)) : pending;
}

/** Right after the registration of an agent. It has not compared its tasks yet. */
export function afterRegistration(
  before: InstanceState,
  { agentVersion, agentHash, failedUpdate }: InstanceRegistration,
  given: Given,
): InstanceReduced {
  const agentBuild = { version: agentVersion, hash: agentHash };
  const state = { ...before, agentBuild };
  const update = state.agentUpdate;
  if (!isUnderWay(update) || update.status === 'PENDING' || isSameBuild(agentBuild, update.target)) return only(state);
  if (failedUpdate !== undefined && isSameBuild(failedUpdate.build, update.target))
    return fail(state, failedUpdate.reason, given);
  return interrupted(state, update, given);
}

/** Right after the agent took work up. */
export function afterReturn(
  state: InstanceState,
  { isNewSession }: { readonly isNewSession: boolean },
  given: Given,
): InstanceReduced {
  const update = state.agentUpdate;
  if (!isUnderWay(update)) return only(state);
  if (state.agentBuild !== undefined && isSameBuild(state.agentBuild, update.target))
    return become(state, 'UPDATED', { reason: 'agentUpdated' }, given);
  return isNewSession || update.status === 'PENDING' ? stage(state, given) : only(state);
}

export function updateGoesOn(
  state: InstanceState,
  { target, outcome }: Omit<AgentUpdateInput, 'kind'>,
  given: Given,
): InstanceReduced {
  const update = state.agentUpdate;
  // Of an update that has ended, or of the one before.
  if (state.ended || !isUnderWay(update) || !isSameBuild(update.target, target)) return only(state);
  switch (outcome.kind) {
    case 'staged': {
      if (update.status !== 'STAGING') return only(state);
      const staged = become(state, 'STAGED', { reason: 'agentUpdateStaged' }, given);
      return followedBy(staged, (next) => step(next, { kind: 'switchAgent', target }));
    }
    case 'switches':
      return update.status === 'STAGED'
        ? become(state, 'UPDATING', { reason: 'agentUpdateSwitched' }, given)
        : only(state);
    case 'failed':
      return fail(state, outcome.reason, given);
    case 'lost':
      if (update.status === 'PENDING') return only(state);
      return state.heard ? lostWhileHeard(state, update, given) : interrupted(state, update, given);
  }
}

/** Right after the instance was given up. An update that has not got this far waits for its agent. */
export const afterGivingUp = (state: InstanceState, given: Given): InstanceReduced =>
  state.givenUp && !state.ended && state.agentUpdate?.status === 'UPDATING'
    ? fail(state, NEVER_BACK, given)
    : only(state);

/** A new run of the workflow has what was under way begin again. */
export function resumedUpdate({ agentUpdate }: InstanceState): readonly InstanceEffect[] {
  if (agentUpdate?.status === 'STAGING') return [{ kind: 'stageAgent', target: agentUpdate.target }];
  if (agentUpdate?.status === 'STAGED') return [{ kind: 'switchAgent', target: agentUpdate.target }];
  return [];
}

function stage(state: InstanceState, given: Given): InstanceReduced {
  const update = state.agentUpdate;
  if (!isUnderWay(update)) return only(state);
  const staging = become(state, 'STAGING', { reason: 'agentUpdateBegan' }, given);
  return followedBy(staging, (next) => step(next, { kind: 'stageAgent', target: update.target }));
}

function interrupted(state: InstanceState, update: AgentUpdateState, given: Given): InstanceReduced {
  const interruptions = update.interruptions + 1;
  if (interruptions > MOST_INTERRUPTIONS) return fail(state, AWAY_TOO_OFTEN, given);
  const counted = { ...state, agentUpdate: { ...update, interruptions } };
  return become(counted, 'PENDING', { reason: 'agentUpdateInterrupted' }, given);
}

/** The agent has ended a moment ago and will register again, or gives the work back each time. */
function lostWhileHeard(state: InstanceState, update: AgentUpdateState, given: Given): InstanceReduced {
  const losses = (update.losses ?? 0) + 1;
  if (losses > MOST_INTERRUPTIONS) return fail(state, AWAY_TOO_OFTEN, given);
  return stage({ ...state, agentUpdate: { ...update, losses } }, given);
}

const fail = (state: InstanceState, failure: string, given: Given): InstanceReduced =>
  become(state, 'FAILED', { reason: 'agentUpdateFailed', failure }, given);

interface Step {
  readonly reason: InstanceReason;
  readonly cause?: CallCause | undefined;
  /** Absent: the present one. */
  readonly from?: AgentUpdateStatus | undefined;
  /** Why it failed. */
  readonly failure?: string;
}

/** The update in another status, recorded. */
function become(before: InstanceState, status: AgentUpdateStatus, how: Step, given: Given): InstanceReduced {
  const update = before.agentUpdate;
  if (update === undefined) return only(before);
  const from = how.reason === 'agentUpdateAsked' ? how.from : update.status;
  const changes = {
    agentUpdateStatus: [from ?? '', status],
    agent: [nameOf(before.agentBuild), buildName(update.target)],
    ...(how.failure === undefined ? {} : { failure: ['', how.failure] as const }),
  } as const;
  const why = { reason: how.reason, cause: how.cause, changes };
  const { state, effect } = record(before, { agentUpdateStatus: status }, why, given);
  return step({ ...state, agentUpdate: { ...update, status } }, effect);
}

const nameOf = (build: AgentBuild | undefined): string => (build === undefined ? '' : buildName(build));
