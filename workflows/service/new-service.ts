/** The first state of a service, and which task definitions it has at hand. */
import type { Tag } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '../../model/task-definition.ts';
import { resetThrottle } from '../../scheduler/throttle/throttle.ts';
import type { EpochMs } from '../../model/time.ts';
import type { CreateServiceCommand } from '../messages.ts';
import type { ServiceState } from '../state.ts';
import { startRollout } from './rollout.ts';

export function newServiceState(command: CreateServiceCommand, now: EpochMs): ServiceState {
  const { definition, taskDefinition, taskDefinitionTags = [] } = command;
  const state: ServiceState = {
    version: 1,
    incarnation: command.incarnation,
    createdAt: now,
    createdBy: command.createdBy,
    definition,
    status: 'ACTIVE',
    deployments: [],
    taskDefinitions: {},
    taskDefinitionTags: {},
    throttle: resetThrottle(),
    placement: { refusals: 0 },
    drainingInstanceIds: [],
    notedAt: {},
    recordVersion: 0,
  };
  if (taskDefinition !== undefined) {
    rememberDefinition(state, taskDefinition, taskDefinitionTags);
    const { taskDefinitionArn } = taskDefinition;
    Object.assign(state, startRollout(state, { taskDefinitionArn, running: [], now }));
  }
  return state;
}

/** The workflow has it at hand from now on, with the tags that its tasks may get. */
export function rememberDefinition(state: ServiceState, definition: TaskDefinition, tags: readonly Tag[]): void {
  const arn = definition.taskDefinitionArn;
  state.taskDefinitions = { ...state.taskDefinitions, [arn]: definition };
  state.taskDefinitionTags = { ...state.taskDefinitionTags, [arn]: tags };
}

/** Definitions that no deployment has any more. */
export function forgetUnusedDefinitions(state: ServiceState): void {
  const used = new Set(state.deployments.map((deployment) => deployment.taskDefinitionArn));
  const keep = <T>(all: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(all).filter(([arn]) => used.has(arn)));
  state.taskDefinitions = keep(state.taskDefinitions);
  state.taskDefinitionTags = keep(state.taskDefinitionTags);
}
