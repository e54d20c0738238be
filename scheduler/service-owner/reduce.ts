/**
 * All the rules of a service in one function: what each input does to its state, and what is to be done about it. Pure: the
 * workflow feeds inputs in and carries effects out; tests and the simulator drive the same function.
 */
import type { Given } from '../owner/effects.ts';
import { orderAllAgain } from '../owner/change-tasks.ts';
import { discardedDraft, overNet, type Discarded } from '../owner/net.ts';
import { about } from '../service/event-text.ts';
import type { ServiceState } from '../service/state.ts';
import { created, createAgain, protectTasks, remove, stopTask, update } from './calls.ts';
import { plan, roundBegins } from './carry-out.ts';
import { looked } from './daemon.ts';
import { hear, record } from './decisions.ts';
import type { ServiceInput, ServiceReduced } from './inputs.ts';
import { capacityChanged, instancesChanged, noticed, reported } from './news.ts';
import { groupPlaced, provisioned, provisioningBegins } from './provision.ts';
import { tell } from './record.ts';
import { continueDeployment, stopDeployment } from './rollout-calls.ts';
import { placed } from './starts.ts';
import { changedRow, inTurn, tellOnce, type Step } from './steps.ts';
import { changeTaskSet, createTaskSet } from './task-set-calls.ts';

/** The state after the input, and its effects in their order. Throws an EcsError where a call is refused: nothing has changed then. */
export function reduce(state: ServiceState, input: ServiceInput, given: Given): ServiceReduced {
  switch (input.kind) {
    case 'created':
      return created(state, input.cause, given);
    case 'createAgain':
      return createAgain(state, input.command);
    case 'update':
      return update(state, input.command, given);
    case 'delete':
      return remove(state, input.command, given);
    case 'stopDeployment':
      return stopDeployment(state, input.command, given);
    case 'continueDeployment':
      return continueDeployment(state, input.command, given);
    case 'createTaskSet':
      return createTaskSet(state, input.command, given);
    case 'changeTaskSet':
      return changeTaskSet(state, input.command, given);
    case 'stopTask':
      return stopTask(state, input.command, given);
    case 'protectTasks':
      return protectTasks(state, input.command, given);
    case 'reports':
      return reported(state, input.reports, given);
    case 'notice':
      return noticed(state, input.notice, given);
    case 'instancesChanged':
      return only(instancesChanged(state, input.cause));
    case 'capacityChanged':
      return only(capacityChanged(state));
    case 'time':
      return only(hear(state, { kind: 'time' }));
    case 'resume':
      return inTurn(state, (s) => ({ state: s, effects: orderAllAgain(s.tasks) }), changedRow);
    case 'round':
      return only(roundBegins(state));
    case 'plan':
      return plan(state, input.facts, given);
    case 'looked':
      return only(looked(state, input.look, input));
    case 'placed':
      return placed(state, input.placed, given);
    case 'provisioningBegins':
      return only(provisioningBegins(state, input.timeoutMs));
    case 'groupPlaced':
      return groupPlaced(state, input.placed, given);
    case 'provisioned':
      return provisioned(state, input.groups, given);
    case 'failed':
      return failed(state, input.what, given);
  }
}

const only = (state: ServiceState): ServiceReduced => ({ state, effects: [] });

/** Something could not be done as it was: the service says so, once in a while. */
function failed(before: ServiceState, what: string, given: Given): Step {
  const { state, events } = tellOnce(before, about(before.definition.serviceName, what), given.now);
  return tell(state, { events, actions: [] });
}

/** As `reduce`, over the net: the owner goes on, says so in an event and on record, and the caller is told. */
export const reduceSafely = (
  state: ServiceState,
  input: ServiceInput,
  given: Given,
): ServiceReduced | Discarded<ServiceReduced> =>
  overNet(
    () => reduce(state, input, given),
    (error) => discarded(state, input.kind, error, given),
  );

const discarded = (state: ServiceState, kind: ServiceInput['kind'], error: Error, given: Given): Step =>
  inTurn(
    state,
    (s) => ({ state: s, effects: [record(s, discardedDraft(kind, error), given)] }),
    (s) => failed(s, `was unable to take in a change (${kind}). Reason: ${error.message}`, given),
  );
