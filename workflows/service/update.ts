/** What UpdateService does to the state of a service. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { EpochMs } from '../../model/time.ts';
import { applyServiceUpdate } from '../../scheduler/rollout/apply-service-update.ts';
import { withCompute } from '../../scheduler/rollout/deployments.ts';
import { resetThrottle } from '../../scheduler/throttle/throttle.ts';
import type { UpdateServiceCommand } from '../messages.ts';
import type { ServiceOwnedTask, ServiceState } from '../state.ts';
import { rememberDefinition } from './new-service.ts';
import { startRollout } from './rollout.ts';

export interface UpdateOptions {
  readonly tasks: readonly ServiceOwnedTask[];
  readonly now: EpochMs;
}

/** The definition as asked; a new deployment where the changes call for one. */
export function updateService(state: ServiceState, command: UpdateServiceCommand, options: UpdateOptions): void {
  const [primary] = state.deployments;
  const { taskDefinition, forceNewDeployment } = command;
  const asked = {
    changes: command.changes,
    ...(taskDefinition ? { taskDefinitionArn: taskDefinition.taskDefinitionArn } : {}),
    forceNewDeployment,
  };
  const { definition, newDeployment } = applyServiceUpdate(state.definition, asked, {
    taskDefinitionArn: primary?.taskDefinitionArn ?? '',
  });
  state.definition = definition;
  if (newDeployment) deploy(state, command, options);
  else state.deployments = withCompute(state.deployments, definition);
  // What was refused before may fit the new definition.
  state.placement = { refusals: 0 };
}

function deploy(state: ServiceState, command: UpdateServiceCommand, { tasks, now }: UpdateOptions): void {
  const { taskDefinition, taskDefinitionTags = [] } = command;
  const taskDefinitionArn = taskDefinition?.taskDefinitionArn ?? state.deployments[0]?.taskDefinitionArn;
  if (taskDefinitionArn === undefined)
    throw ApplicationFailure.nonRetryable('The service has no deployment.', 'ServerException');
  if (taskDefinition) rememberDefinition(state, taskDefinition, taskDefinitionTags);
  const running = [...new Set(tasks.map((task) => task.deploymentId))];
  Object.assign(state, startRollout(state, { taskDefinitionArn, running, now }));
  state.throttle = resetThrottle();
  state.notedAt = {};
}
