/** What StopServiceDeployment and ContinueServiceDeployment do to a service's state. Refusals carry ECS's codes. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { HookProgress, ServiceDeployment } from '../../model/service-deployment.ts';
import type { EpochMs } from '../../model/time.ts';
import { hasEnded } from '../../scheduler/rollout/deployment-status.ts';
import { changed, moved, USER_ROLLBACK_REASON, USER_STOP_REASON } from '../../scheduler/rollout/service-deployments.ts';
import type { ContinueServiceDeploymentCommand, StopServiceDeploymentCommand } from '../messages.ts';
import type { ServiceState } from '../state.ts';

const refuse = (code: string, message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, code);

/** The deployment that an order names, if it may still take one. */
function orderable(state: ServiceState, id: string): ServiceDeployment {
  const found = state.serviceDeployments?.find(({ serviceDeploymentId }) => serviceDeploymentId === id);
  if (found !== undefined && !hasEnded(found.status)) return found;
  const status = found === undefined ? '' : ` Its status is ${found.status}.`;
  throw refuse('ConflictException', `The service deployment has ended.${status}`);
}

function replace(state: ServiceState, after: ServiceDeployment): void {
  state.serviceDeployments = (state.serviceDeployments ?? []).map((each) =>
    each.serviceDeploymentId === after.serviceDeploymentId ? after : each,
  );
}

const rolledBackByUser = (deployment: ServiceDeployment, now: EpochMs): ServiceDeployment =>
  moved(deployment, 'ROLLBACK_REQUESTED', now, { statusReason: USER_ROLLBACK_REASON });

/** The same order again changes nothing, nor does another one while the first is carried out. */
export function stopServiceDeployment(
  state: ServiceState,
  { serviceDeploymentId, stopType }: StopServiceDeploymentCommand,
  now: EpochMs,
): void {
  const deployment = orderable(state, serviceDeploymentId);
  if (stopType === 'ROLLBACK') {
    replace(state, rolledBackByUser(deployment, now));
    return;
  }
  const why = { statusReason: USER_STOP_REASON };
  const aborts = deployment.status === 'ROLLBACK_IN_PROGRESS' && deployment.abortRequested !== true;
  replace(
    state,
    aborts ? changed(deployment, { ...why, abortRequested: true }, now) : moved(deployment, 'STOP_REQUESTED', now, why),
  );
}

/** Lets a hook that waits go on, or has the deployment rolled back. */
export function continueServiceDeployment(
  state: ServiceState,
  { serviceDeploymentId, hookId, action }: ContinueServiceDeploymentCommand,
  now: EpochMs,
): void {
  const deployment = orderable(state, serviceDeploymentId);
  const hook = deployment.hooks?.find((each) => each.hookId === hookId);
  if (hook === undefined)
    throw refuse('InvalidParameterException', `The service deployment has no lifecycle hook ${hookId}.`);
  if (hook.status !== 'AWAITING_ACTION')
    throw refuse('ConflictException', `The lifecycle hook ${hookId} is not awaiting an action: it is ${hook.status}.`);
  const status: HookProgress['status'] = action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED';
  const hooks = (deployment.hooks ?? []).map((each) => (each.hookId === hookId ? { ...each, status } : each));
  const told = changed(deployment, { hooks }, now);
  replace(state, action === 'CONTINUE' ? told : rolledBackByUser(told, now));
}
