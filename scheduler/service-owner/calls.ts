/** What the calls of the API do to a service. Refusals are EcsErrors: nothing has changed. */
import { EcsError } from '../../model/errors.ts';
import type {
  CreateServiceCommand,
  DeleteServiceCommand,
  ProtectTasksCommand,
  ProtectTasksOutcome,
  StopTaskCommand,
  UpdateServiceCommand,
} from '../../model/commands.ts';
import type { CallCause } from '../../model/decision.ts';
import { amendTasks, stopTasks } from '../owner/change-tasks.ts';
import type { Given } from '../owner/effects.ts';
import { applyServiceUpdate } from '../rollout/apply-service-update.ts';
import { withCompute } from '../rollout/deployments.ts';
import { stopServiceDeployments } from '../rollout/service-deployments.ts';
import { decideProtection } from '../service/protection.ts';
import type { ServiceState } from '../service/state.ts';
import { resetThrottle } from '../throttle/throttle.ts';
import { isDaemon, staleInstances } from './daemon.ts';
import { called, hear, stoppedApart } from './decisions.ts';
import { withDefinition, withDeployment } from './deploy.ts';
import type { ServiceReduced } from './inputs.ts';
import { changedRow, inTurn } from './steps.ts';

const NOT_IDEMPOTENT = 'Creation of service was not idempotent.';
const STILL_DRAINING = 'Unable to Start a service that is still Draining.';
const SCALED_ABOVE_ZERO = 'The service cannot be stopped while it is scaled above 0.';
const NO_SCALE_IN = 'Tasks of a DAEMON service are not scaled in.';

/** What a call asks beside the service's definition. */
const FORCED = { changes: { forceNewDeployment: ['', 'true'] as const } };

/** The call that created the service. */
export const created = (state: ServiceState, cause: CallCause | undefined, given: Given): ServiceReduced =>
  inTurn(state, (s) => called(s, { cause }, given), changedRow);

/** The call that created the service, made again, changes nothing; another one is refused. */
export function createAgain(state: ServiceState, { incarnation }: CreateServiceCommand): ServiceReduced {
  if (state.status === 'DRAINING') throw new EcsError('InvalidParameterException', STILL_DRAINING);
  if (incarnation !== state.incarnation) throw new EcsError('InvalidParameterException', NOT_IDEMPOTENT);
  return { state, effects: [] };
}

/** The definition as asked; a new deployment where the changes call for one. */
export function update(before: ServiceState, command: UpdateServiceCommand, given: Given): ServiceReduced {
  const { cause, forceNewDeployment } = command;
  const state = staleInstances(updated(before, command, given));
  const more = forceNewDeployment ? FORCED : {};
  return inTurn(state, (s) => called(s, { cause, more }, given), changedRow);
}

function updated(before: ServiceState, command: UpdateServiceCommand, given: Given): ServiceState {
  const [primary] = before.deployments;
  const { taskDefinition, forceNewDeployment, changes } = command;
  const asked = {
    changes,
    ...(taskDefinition ? { taskDefinitionArn: taskDefinition.taskDefinitionArn } : {}),
    forceNewDeployment,
  };
  const current = { taskDefinitionArn: primary?.taskDefinitionArn ?? '' };
  const { definition, newDeployment } = applyServiceUpdate(before.definition, asked, current);
  // What was refused before may fit the new definition.
  const state = { ...before, definition, placement: { refusals: 0 } };
  if (newDeployment) return deployed(state, command, given);
  return { ...state, deployments: withCompute(state.deployments, definition) };
}

function deployed(state: ServiceState, command: UpdateServiceCommand, given: Given): ServiceState {
  const { taskDefinition, taskDefinitionTags = [] } = command;
  const taskDefinitionArn = taskDefinition?.taskDefinitionArn ?? state.deployments[0]?.taskDefinitionArn;
  if (taskDefinitionArn === undefined) throw new EcsError('ServerException', 'The service has no deployment.');
  const known = taskDefinition ? withDefinition(state, taskDefinition, taskDefinitionTags) : state;
  return { ...withDeployment(known, taskDefinitionArn, given), throttle: resetThrottle(), notedAt: {} };
}

/** The service drains: its tasks are stopped, and it is INACTIVE when the last one is gone. */
export function remove(before: ServiceState, { cause, force }: DeleteServiceCommand, given: Given): ServiceReduced {
  const { definition, serviceDeployments } = before;
  if (definition.desiredCount > 0 && !force && !isDaemon(before)) {
    throw new EcsError('InvalidParameterException', SCALED_ABOVE_ZERO);
  }
  const state: ServiceState = {
    ...before,
    status: 'DRAINING',
    ...(serviceDeployments ? { serviceDeployments: stopServiceDeployments(serviceDeployments, given.now) } : {}),
    definition: { ...definition, desiredCount: 0 },
  };
  return inTurn(state, (s) => called(s, { cause }, given), changedRow);
}

/** The plan sees to another task. A task that is gone, or on its way out, is left alone. */
export function stopTask(
  before: ServiceState,
  { taskId, reason: stoppedReason, cause }: StopTaskCommand,
  given: Given,
): ServiceReduced {
  const reason = { stopCode: 'UserInitiated', stoppedReason } as const;
  const { tasks, effects, stopped } = stopTasks(before.tasks, [{ taskId, reason }], given.now);
  if (stopped.length === 0) return { state: before, effects: [] };
  const causes = cause === undefined ? [] : [cause];
  return inTurn(
    { ...before, tasks },
    (s) => ({ state: hear(s, ...causes), effects }),
    (s) => stoppedApart(s, stopped, { reason: 'stopCalled', stoppedReason, causes }, given),
    changedRow,
  );
}

/** Sets or ends the scale-in protection. The answer names each task, or why it was refused. */
export function protectTasks(before: ServiceState, command: ProtectTasksCommand, given: Given): ServiceReduced {
  const { taskIds, protectForMs, cause } = command;
  const { desiredCount } = before.definition;
  if (isDaemon(before)) {
    const refused = { reason: 'TASK_NOT_VALID', detail: NO_SCALE_IN };
    return {
      state: before,
      effects: [],
      protection: { tasks: [], failures: taskIds.map((taskId) => ({ taskId, ...refused })) },
    };
  }
  const until = protectForMs === undefined ? {} : { protectedUntil: given.now + protectForMs };
  const { accepted, failures } = decideProtection(
    { taskIds, ...until },
    { tasks: [...before.tasks.values()], desired: desiredCount, now: given.now },
  );
  const { protectedUntil = 0 } = until;
  const protection: ProtectTasksOutcome = { tasks: accepted.map((taskId) => ({ taskId, protectedUntil })), failures };
  if (accepted.length === 0) return { state: before, effects: [], protection };
  const { tasks, effects } = amendTasks(before.tasks, accepted, { protectedUntil });
  const more = {
    tasks: accepted.map((taskId) => ({ taskId })),
    changes: {
      scaleInProtection: ['', protectForMs === undefined ? 'ended' : `${protectForMs / 60_000} minutes`] as const,
    },
  };
  const reduced = inTurn(
    { ...before, tasks },
    (state) => ({ state, effects }),
    (s) => called(s, { cause, more }, given),
    changedRow,
  );
  return { ...reduced, protection };
}
