/**
 * All the rules of a container instance in one function: what each input does to its state, and which effects follow. Pure:
 * the workflow feeds inputs in, keeps the timers, and carries effects out.
 */
import type { Called } from '../../model/commands.ts';
import { instanceLost, type ExpectedTask, type InstanceRegistration } from '../../model/container-instance.ts';
import { describeChanges } from '../../model/decision-changes.ts';
import { defined } from '../../model/defined.ts';
import { EcsError } from '../../model/errors.ts';
import type { Given } from '../owner/effects.ts';
import { discardedDraft, overNet, type Discarded } from '../owner/net.ts';
import {
  afterGivingUp,
  afterRegistration,
  afterReturn,
  askForUpdate,
  resumedUpdate,
  updateGoesOn,
} from './agent-update.ts';
import type { InstanceInput, InstanceReduced } from './inputs.ts';
import { decide, draftOf, notify, only, record, refused, step, followedBy } from './row.ts';
import type { InstanceState } from './state.ts';

/** The machine goes two minutes after the notice; a container has its stopTimeout of 30 s before that. */
const STOP_TASKS_AFTER_NOTICE_MS = 90_000;

const INTERRUPTED_REASON = 'Notice of a spot interruption was given.';
const DEREGISTERED_REASON = 'Container instance deregistration forced by user';
const NOT_IN_SERVICE = 'The container instance is neither ACTIVE nor DRAINING.';
const STILL_RUNNING = 'Found running tasks on the instance.';
const HAS_ENDED = 'The container instance was deregistered a moment ago. Register it again.';

/** The state after the input, and its effects in their order. Throws an EcsError where a call is refused: nothing has changed then. */
export function reduce(state: InstanceState, input: InstanceInput, given: Given): InstanceReduced {
  switch (input.kind) {
    case 'register':
      return input.tasks === undefined
        ? register(state, input.registration, given)
        : sessionBegins(state, input.registration.sessionId, input.tasks, given);
    case 'attends':
      return attends(state, input.sessionId, given);
    case 'setStatus':
      return setStatus(state, input.command, given);
    case 'interrupt':
      return interrupt(state, input.command, given);
    case 'deregister':
      return deregister(state, input, given);
    case 'updateAgent':
      requireInService(state);
      return askForUpdate(state, input.command, given);
    case 'agentUpdate':
      return updateGoesOn(state, input, given);
    case 'silent':
      return silent(state, given);
    case 'silentForTooLong':
      return followedBy(giveUp(state, given), (next) => afterGivingUp(next, given));
    case 'interruptionDue':
      return interruptionDue(state);
    case 'resume':
      return resume(state);
    case 'refused':
      return only(refused(state, input.record));
  }
}

/** As `reduce`, over the net: the owner goes on, says so on record, and the caller is told. */
export const reduceSafely = (
  state: InstanceState,
  input: InstanceInput,
  given: Given,
): InstanceReduced | Discarded<InstanceReduced> =>
  overNet(
    () => reduce(state, input, given),
    (error) => ({
      state,
      effects: [{ kind: 'decision', decision: decide(state, discardedDraft(input.kind, error), given) }],
    }),
  );

/** The owners of the tasks, each once, in one order. */
export const ownersOf = (tasks: readonly Pick<ExpectedTask, 'ownerWorkflowId'>[]): readonly string[] =>
  [...new Set(tasks.map(({ ownerWorkflowId }) => ownerWorkflowId))].sort();

// ---- the agent's sessions ------------------------------------------------------------------------------------------

/** A new session has compared nothing yet: no new work until its watch begins. */
function register(before: InstanceState, { cause, ...registration }: InstanceRegistration & Called, given: Given) {
  if (before.ended) throw new EcsError('ClientException', HAS_ENDED);
  const isFirst = before.registeredAt === 0;
  const registeredAt = isFirst ? given.now : before.registeredAt;
  const changes = {
    status: isFirst ? 'ACTIVE' : before.status,
    agentConnected: false,
    registration,
    registeredAt,
  } as const;
  const { state, effect } = record(before, changes, { reason: isFirst ? 'registered' : 'returned', cause }, given);
  const registered = step({ ...state, registeredAt, sessionId: '' }, effect);
  return {
    ...followedBy(registered, (next) => afterRegistration(next, registration, given)),
    asksForTasks: true,
  } as const;
}

/** The registration is recorded, and the agent learns what should run there. */
function sessionBegins(
  before: InstanceState,
  sessionId: string,
  tasks: readonly ExpectedTask[],
  { now }: Given,
): InstanceReduced {
  if (before.ended) throw new EcsError('ClientException', HAS_ENDED);
  // Owners that have not taken the notice in yet still count on their tasks, and Temporal tries the launches again.
  const ordersFrom = before.givenUp ? now : before.ordersFrom;
  const answer = { expectedTasks: before.givenUp ? [] : tasks, ...defined({ ordersFrom }) };
  const state = { ...before, sessionId, ...defined({ ordersFrom }) };
  return sessionId === ''
    ? { ...only(state), answer }
    : { ...step({ ...state, heard: false }, { kind: 'watch', sessionId }), answer };
}

function attends(before: InstanceState, sessionId: string, given: Given): InstanceReduced {
  if (before.ended || sessionId === '' || sessionId !== before.sessionId) return only(before);
  const heard = { ...before, heard: true, givenUp: false };
  const { state, effect } = record(heard, { agentConnected: true }, { reason: 'connected' }, given);
  // An agent that was only not heard has all its work, and Temporal goes on with it: thousands of such notices would come when
  // a control plane is overloaded, of all times.
  if (before.toldOfSession === sessionId) {
    const same = step(state, { kind: 'heard' }, effect);
    return followedBy(same, (next) => afterReturn(next, { isNewSession: false }, given));
  }
  const told = { ...state, toldOfSession: sessionId };
  const begun = step(told, { kind: 'heard' }, effect, notify(state, { kind: 'returned' }));
  return followedBy(begun, (next) => afterReturn(next, { isNewSession: true }, given));
}

/** The heartbeats stopped: nothing new is placed there; its tasks are believed to run on. */
function silent(before: InstanceState, given: Given): InstanceReduced {
  if (before.ended) return only(before);
  const state = { ...before, heard: false };
  if (!state.agentConnected) return only(state);
  const recorded = record(state, { agentConnected: false }, { reason: 'silent' }, given);
  return step(recorded.state, recorded.effect);
}

/**
 * Silent for too long: its tasks are replaced elsewhere. The session ends, so that a returning agent must compare first. Until an
 * agent is heard again nothing new is placed there, so there is nobody to tell a second time.
 */
function giveUp(before: InstanceState, given: Given): InstanceReduced {
  if (before.ended || before.heard || (before.givenUp && before.sessionId === '')) return only(before);
  const state = { ...before, givenUp: true, sessionId: '' };
  if (before.givenUp) return step(state, { kind: 'awaitReturn' });
  const lost = notify(state, { kind: 'lost', ...instanceLost(state.containerInstanceId) });
  // A run that began with a connected agent and never heard it.
  if (state.agentConnected) {
    const recorded = record(state, { agentConnected: false }, { reason: 'givenUp' }, given);
    return step(recorded.state, recorded.effect, lost, { kind: 'awaitReturn' });
  }
  const decision = decide(state, draftOf({ reason: 'givenUp' }), given);
  return step(state, { kind: 'decision', decision }, lost, { kind: 'awaitReturn' });
}

function resume(state: InstanceState): InstanceReduced {
  const { stopTasksAt, sessionId, givenUp } = state;
  const interruption = stopTasksAt === undefined ? [] : [{ kind: 'interruptAt', at: stopTasksAt } as const];
  const effects = [...interruption, ...resumedUpdate(state)];
  if (sessionId !== '') return step(state, ...effects, { kind: 'watch', sessionId });
  return givenUp ? step(state, ...effects, { kind: 'awaitReturn' }) : step(state, ...effects);
}

// ---- its status ----------------------------------------------------------------------------------------------------

function setStatus(
  before: InstanceState,
  { status, cause }: Called & { readonly status: 'ACTIVE' | 'DRAINING' },
  given: Given,
): InstanceReduced {
  requireInService(before);
  const calm = status === 'ACTIVE' ? callOffInterruption(before) : only(before);
  if (status === before.status) return calm;
  const why = { reason: 'statusSet', cause, changes: { status: [before.status, status] } } as const;
  const { state, effect } = record(calm.state, { status }, why, given);
  const notice = notify(state, { kind: status === 'DRAINING' ? 'draining' : 'active', ...defined({ cause }) });
  return step(state, ...calm.effects, effect, notice);
}

function callOffInterruption(before: InstanceState): InstanceReduced {
  const { stopTasksAt, interruptedBy: _by, ...state } = before;
  return stopTasksAt === undefined ? only(before) : step(state, { kind: 'callOffInterruption' });
}

/** A second notice changes nothing. */
function interrupt(before: InstanceState, { cause }: Called, given: Given): InstanceReduced {
  requireInService(before);
  if (before.stopTasksAt !== undefined) return only(before);
  const { interruptedBy: _earlier, ...rest } = before;
  const stopTasksAt = given.now + STOP_TASKS_AFTER_NOTICE_MS;
  const changes = { status: 'DRAINING', statusReason: INTERRUPTED_REASON, stopTasksAt } as const;
  const why = {
    reason: 'interrupted',
    cause,
    changes: describeChanges({ status: before.status }, { status: 'DRAINING' }),
  } as const;
  const interrupted = { ...rest, stopTasksAt, ...defined({ interruptedBy: cause }) };
  const { state, effect } = record(interrupted, changes, why, given);
  const notice = notify(state, { kind: 'draining', bySpotInterruption: true, ...defined({ cause }) });
  return step(state, { kind: 'interruptAt', at: stopTasksAt }, effect, notice);
}

function interruptionDue(state: InstanceState): InstanceReduced {
  const { ended, stopTasksAt, interruptedBy: cause } = state;
  if (ended || stopTasksAt === undefined) return only(state);
  return step(state, notify(state, { kind: 'interrupted', ...defined({ cause }) }));
}

function deregister(
  before: InstanceState,
  { command, tasks }: Extract<InstanceInput, { kind: 'deregister' }>,
  given: Given,
): InstanceReduced {
  if (before.ended) return only(before);
  if (tasks === undefined) return { ...only(before), asksForTasks: true };
  const { force, cause } = command;
  if (tasks.length > 0 && !force) throw new EcsError('InvalidParameterException', STILL_RUNNING);
  const changes = { status: 'INACTIVE', agentConnected: false } as const;
  const why = { reason: 'deregistered', cause, changes: { force: ['', String(force)] } } as const;
  const { state, effect } = record({ ...before, ended: true }, changes, why, given);
  const lost = { kind: 'lost', stopCode: 'UserInitiated', stoppedReason: DEREGISTERED_REASON } as const;
  return step(state, effect, notify(state, { ...lost, ...defined({ cause }) }, ownersOf(tasks)));
}

function requireInService({ ended, status }: InstanceState): void {
  if (!ended && (status === 'ACTIVE' || status === 'DRAINING')) return;
  throw new EcsError('InvalidParameterException', NOT_IN_SERVICE);
}
