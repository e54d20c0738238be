/** What the calls of an external deployment controller do to a service's state. Refusals carry ECS's codes. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { Deployment } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import { addTaskSet, changeTaskSet as changed, makePrimary } from '../../scheduler/task-sets/task-sets.ts';
import { resetThrottle } from '../../scheduler/throttle/throttle.ts';
import type { ChangeTaskSetCommand, CreateTaskSetCommand } from '../messages.ts';
import type { ServiceState } from '../state.ts';
import { rememberDefinition } from './new-service.ts';
import { newDeploymentId } from './rollout.ts';

const NOT_IDEMPOTENT = 'Creation of task set was not idempotent.';
const NOT_FOUND = 'The specified task set does not exist.';
/** ECS's own words for these two are not published. */
const SCALED_ABOVE_ZERO = 'The task set cannot be deleted while it is scaled above 0. Scale it to 0 or use force.';
const IS_PRIMARY =
  'The primary task set cannot be deleted. Make another task set the primary one, or delete the service.';

const refuse = (code: string, message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, code);

/** Adds the task set, unless an earlier call with the same clientToken did. Returns its id. */
export function createTaskSet(state: ServiceState, command: CreateTaskSetCommand, now: EpochMs): string {
  const { clientToken, digest, taskDefinition, taskDefinitionTags = [], scale, externalId, tags } = command;
  const earlier = state.deployments.find(
    ({ taskSet }) => clientToken !== undefined && taskSet?.clientToken === clientToken,
  );
  if (earlier !== undefined) {
    if (earlier.taskSet?.digest !== digest) throw refuse('InvalidParameterException', NOT_IDEMPOTENT);
    return earlier.deploymentId;
  }
  const { launchType, capacityProviderStrategy, platformVersion, networkConfiguration } = command;
  const deploymentId = newDeploymentId();
  rememberDefinition(state, taskDefinition, taskDefinitionTags);
  const spec = {
    deploymentId,
    taskDefinitionArn: taskDefinition.taskDefinitionArn,
    ...(launchType === undefined ? {} : { launchType }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    taskSet: {
      scale,
      digest,
      tags,
      ...(externalId === undefined ? {} : { externalId }),
      ...(clientToken === undefined ? {} : { clientToken }),
    },
  };
  state.deployments = addTaskSet(state.deployments, spec, now);
  // As with a new deployment: what failed before says nothing of this one.
  state.throttle = resetThrottle();
  state.placement = { refusals: 0 };
  return deploymentId;
}

/** Scales a task set, makes it the primary one, or begins to delete it. Deleting one that is DRAINING changes nothing. */
export function changeTaskSet(state: ServiceState, { taskSetId, change }: ChangeTaskSetCommand, now: EpochMs): void {
  const found = state.deployments.find(({ deploymentId }) => deploymentId === taskSetId);
  const draining = found?.taskSet?.draining === true;
  if (found?.taskSet === undefined || (draining && change.kind !== 'delete')) {
    throw refuse('TaskSetNotFoundException', NOT_FOUND);
  }
  switch (change.kind) {
    case 'scale':
      state.deployments = changed(state.deployments, taskSetId, { scale: change.scale }, now);
      state.placement = { refusals: 0 };
      return;
    case 'primary':
      state.deployments = makePrimary(state.deployments, taskSetId, now);
      return;
    case 'delete':
      checkDeletable(found, change.force);
      state.deployments = changed(state.deployments, taskSetId, { draining: true }, now);
  }
}

function checkDeletable({ status, taskSet }: Deployment, force: boolean): void {
  if (taskSet === undefined || taskSet.draining === true) return;
  if (status === 'PRIMARY') throw refuse('InvalidParameterException', IS_PRIMARY);
  if (taskSet.scale > 0 && !force) throw refuse('InvalidParameterException', SCALED_ABOVE_ZERO);
}
