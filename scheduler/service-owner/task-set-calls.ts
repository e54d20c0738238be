/** What the calls of an external deployment controller do to a service. */
import { EcsError } from '../../model/errors.ts';
import type { ChangeTaskSetCommand, CreateTaskSetCommand } from '../../model/commands.ts';
import { describeChanges } from '../../model/decision-changes.ts';
import type { Deployment } from '../../model/service.ts';
import type { Given } from '../owner/effects.ts';
import type { ServiceState } from '../service/state.ts';
import { addTaskSet, changeTaskSet as changed, makePrimary } from '../task-sets/task-sets.ts';
import { resetThrottle } from '../throttle/throttle.ts';
import { called } from './decisions.ts';
import { newDeploymentId, withDefinition } from './deploy.ts';
import type { ServiceReduced } from './inputs.ts';
import { changedRow, inTurn } from './steps.ts';

const NOT_IDEMPOTENT = 'Creation of task set was not idempotent.';
const NOT_FOUND = 'The specified task set does not exist.';
/** ECS's own words for these two are not published. */
const SCALED_ABOVE_ZERO = 'The task set cannot be deleted while it is scaled above 0. Scale it to 0 or use force.';
const IS_PRIMARY =
  'The primary task set cannot be deleted. Make another task set the primary one, or delete the service.';

/** Adds the task set, unless an earlier call with the same clientToken did. The answer has its id. */
export function createTaskSet(before: ServiceState, command: CreateTaskSetCommand, given: Given): ServiceReduced {
  const { clientToken, digest, cause } = command;
  const earlier = before.deployments.find(
    ({ taskSet }) => clientToken !== undefined && taskSet?.clientToken === clientToken,
  );
  if (earlier !== undefined && earlier.taskSet?.digest !== digest)
    throw new EcsError('InvalidParameterException', NOT_IDEMPOTENT);
  const taskSetId = earlier?.deploymentId ?? newDeploymentId(given);
  const state = earlier === undefined ? withTaskSet(before, taskSetId, command, given) : before;
  const reduced = inTurn(state, (s) => called(s, { cause, more: { deploymentId: taskSetId } }, given), changedRow);
  return { ...reduced, taskSetId };
}

function withTaskSet(
  before: ServiceState,
  deploymentId: string,
  command: CreateTaskSetCommand,
  given: Given,
): ServiceState {
  const { clientToken, digest, taskDefinition, taskDefinitionTags = [], scale, externalId, tags } = command;
  const { launchType, capacityProviderStrategy, platformVersion, networkConfiguration } = command;
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
  return {
    ...withDefinition(before, taskDefinition, taskDefinitionTags),
    deployments: addTaskSet(before.deployments, spec, given.now),
    // As with a new deployment: what failed before says nothing of this one.
    throttle: resetThrottle(),
    placement: { refusals: 0 },
  };
}

/** Scales a task set, makes it the primary one, or begins to delete it. Deleting one that is DRAINING changes nothing. */
export function changeTaskSet(before: ServiceState, command: ChangeTaskSetCommand, given: Given): ServiceReduced {
  const { taskSetId, change, cause } = command;
  const found = before.deployments.find(({ deploymentId }) => deploymentId === taskSetId);
  const draining = found?.taskSet?.draining === true;
  if (found?.taskSet === undefined || (draining && change.kind !== 'delete')) {
    throw new EcsError('TaskSetNotFoundException', NOT_FOUND);
  }
  if (change.kind === 'delete') checkDeletable(found, change.force);
  const more = { deploymentId: taskSetId, changes: describeChanges({}, change) };
  return inTurn(withChange(before, command, given), (s) => called(s, { cause, more }, given), changedRow);
}

function withChange(state: ServiceState, { taskSetId, change }: ChangeTaskSetCommand, { now }: Given): ServiceState {
  const { deployments } = state;
  switch (change.kind) {
    case 'scale':
      return {
        ...state,
        deployments: changed(deployments, taskSetId, { scale: change.scale }, now),
        placement: { refusals: 0 },
      };
    case 'primary':
      return { ...state, deployments: makePrimary(deployments, taskSetId, now) };
    case 'delete':
      return { ...state, deployments: changed(deployments, taskSetId, { draining: true }, now) };
  }
}

function checkDeletable({ status, taskSet }: Deployment, force: boolean): void {
  if (taskSet === undefined || taskSet.draining === true) return;
  if (status === 'PRIMARY') throw new EcsError('InvalidParameterException', IS_PRIMARY);
  if (taskSet.scale > 0 && !force) throw new EcsError('InvalidParameterException', SCALED_ABOVE_ZERO);
}
