/** What StopServiceDeployment and ContinueServiceDeployment do to a service. */
import { EcsError } from '../../model/errors.ts';
import type { ContinueServiceDeploymentCommand, StopServiceDeploymentCommand } from '../../model/commands.ts';
import { describeChanges } from '../../model/decision-changes.ts';
import type { HookProgress, ServiceDeployment } from '../../model/service-deployment.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Given } from '../owner/effects.ts';
import { hasEnded } from '../rollout/deployment-status.ts';
import { changed, moved, USER_ROLLBACK_REASON, USER_STOP_REASON } from '../rollout/service-deployments.ts';
import type { ServiceState } from '../service/state.ts';
import { called } from './decisions.ts';
import type { ServiceReduced } from './inputs.ts';
import { changedRow, inTurn } from './steps.ts';

/** The same order again changes nothing, nor does another one while the first is carried out. */
export function stopDeployment(
  before: ServiceState,
  command: StopServiceDeploymentCommand,
  given: Given,
): ServiceReduced {
  const { serviceDeploymentId, stopType, cause } = command;
  const deployment = orderable(before, serviceDeploymentId);
  const after = stopType === 'ROLLBACK' ? rolledBackByUser(deployment, given.now) : stopped(deployment, given.now);
  const changes = describeChanges({}, { stopType });
  const more = { deploymentId: deployment.deploymentId, changes };
  return inTurn(replaced(before, after), (s) => called(s, { cause, more }, given), changedRow);
}

function stopped(deployment: ServiceDeployment, now: EpochMs): ServiceDeployment {
  const why = { statusReason: USER_STOP_REASON };
  const aborts = deployment.status === 'ROLLBACK_IN_PROGRESS' && deployment.abortRequested !== true;
  if (aborts) return changed(deployment, { ...why, abortRequested: true }, now);
  return moved(deployment, 'STOP_REQUESTED', now, why);
}

/** Lets a hook that waits go on, or has the deployment rolled back. */
export function continueDeployment(
  before: ServiceState,
  command: ContinueServiceDeploymentCommand,
  given: Given,
): ServiceReduced {
  const { serviceDeploymentId, hookId, action, cause } = command;
  const deployment = orderable(before, serviceDeploymentId);
  const hook = deployment.hooks?.find((each) => each.hookId === hookId);
  if (hook === undefined)
    throw new EcsError('InvalidParameterException', `The service deployment has no lifecycle hook ${hookId}.`);
  if (hook.status !== 'AWAITING_ACTION')
    throw new EcsError(
      'ConflictException',
      `The lifecycle hook ${hookId} is not awaiting an action: it is ${hook.status}.`,
    );
  const status: HookProgress['status'] = action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED';
  const hooks = (deployment.hooks ?? []).map((each) => (each.hookId === hookId ? { ...each, status } : each));
  const told = changed(deployment, { hooks }, given.now);
  const after = action === 'CONTINUE' ? told : rolledBackByUser(told, given.now);
  const more = { deploymentId: deployment.deploymentId, changes: describeChanges({}, { [`hook ${hookId}`]: action }) };
  return inTurn(replaced(before, after), (s) => called(s, { cause, more }, given), changedRow);
}

/** The deployment that an order names, if it may still take one. */
function orderable({ serviceDeployments = [] }: ServiceState, id: string): ServiceDeployment {
  const found = serviceDeployments.find(({ serviceDeploymentId }) => serviceDeploymentId === id);
  if (found !== undefined && !hasEnded(found.status)) return found;
  const status = found === undefined ? '' : ` Its status is ${found.status}.`;
  throw new EcsError('ConflictException', `The service deployment has ended.${status}`);
}

const replaced = (state: ServiceState, after: ServiceDeployment): ServiceState => ({
  ...state,
  serviceDeployments: (state.serviceDeployments ?? []).map((each) =>
    each.serviceDeploymentId === after.serviceDeploymentId ? after : each,
  ),
});

const rolledBackByUser = (deployment: ServiceDeployment, now: EpochMs): ServiceDeployment =>
  moved(deployment, 'ROLLBACK_REQUESTED', now, { statusReason: USER_ROLLBACK_REASON });
