/** How a service begins, and how it begins a new deployment. */
import type { Tag } from '@aws-sdk/client-ecs';
import type { CreateServiceCommand } from '../../model/commands.ts';
import type { ServiceDefinition } from '../../model/service.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import type { Given } from '../owner/effects.ts';
import { tasksOf } from '../owner/owned-task.ts';
import { startDeployment } from '../rollout/deployments.ts';
import { startServiceDeployment } from '../rollout/service-deployments.ts';
import type { ProvisioningWait } from '../owner/provisioning.ts';
import type { CarriedServiceState, ServiceOwnedTask, ServiceState, Wanted } from '../service/state.ts';
import { resetThrottle } from '../throttle/throttle.ts';

/** The service that a call creates, with its first deployment. */
export function newService(command: CreateServiceCommand, given: Given): ServiceState {
  const { definition, taskDefinition, taskDefinitionTags = [] } = command;
  const state = resumedService({
    version: 1,
    incarnation: command.incarnation,
    createdAt: given.now,
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
  });
  if (taskDefinition === undefined) return state;
  const known = withDefinition(state, taskDefinition, taskDefinitionTags);
  return withDeployment(known, taskDefinition.taskDefinitionArn, given);
}

/** A service that a previous run left, or that was rebuilt from the store. */
export function resumedService(
  carried: CarriedServiceState,
  tasks: readonly ServiceOwnedTask[] = [],
  provisioning?: ProvisioningWait,
): ServiceState {
  const { heard = [], recordVersion, deployments } = carried;
  const isNew = recordVersion === 0;
  return {
    ...carried,
    heard: heard.length > 0 || isNew ? heard : [{ kind: 'resumed' }],
    tasks: tasksOf(tasks),
    ...(provisioning === undefined ? {} : { provisioning }),
    run: {
      changed: true,
      waitingFor: '',
      wanted: isNew ? NEVER : wantedOf(carried),
      isIdle: false,
      comparedZones: false,
      toldDeployments: isNew ? [] : deployments,
      written: { deployments: {}, revisions: {} },
      daemon: { stale: true, looking: false },
    },
  };
}

/** A service as its calls see it. */
export const wantedOf = ({
  definition,
  deployments,
  status,
}: Pick<ServiceState, 'definition' | 'deployments' | 'status'>): Wanted => ({
  definition,
  taskDefinitionArn: deployments[0]?.taskDefinitionArn ?? '',
  deploymentId: deployments[0]?.deploymentId,
  status,
});

/** The first call is compared with nothing: only what says something about the tasks to come. */
const NEVER: Wanted = { definition: {}, taskDefinitionArn: '', deploymentId: undefined, status: '' };

/** Keeps the task definition in the state, with the tags that its tasks may get. */
export function withDefinition(state: ServiceState, definition: TaskDefinition, tags: readonly Tag[]): ServiceState {
  const arn = definition.taskDefinitionArn;
  return {
    ...state,
    taskDefinitions: { ...state.taskDefinitions, [arn]: definition },
    taskDefinitionTags: { ...state.taskDefinitionTags, [arn]: tags },
  };
}

/** Without the definitions that no deployment has any more. */
export function withoutUnusedDefinitions(state: ServiceState): ServiceState {
  const used = new Set(state.deployments.map((deployment) => deployment.taskDefinitionArn));
  if (Object.keys(state.taskDefinitions).every((arn) => used.has(arn))) return state;
  const keep = <T>(all: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(all).filter(([arn]) => used.has(arn)));
  return {
    ...state,
    taskDefinitions: keep(state.taskDefinitions),
    taskDefinitionTags: keep(state.taskDefinitionTags),
  };
}

/** A new PRIMARY deployment that brings in a new revision, and the service deployment that follows it. */
export function withDeployment(state: ServiceState, taskDefinitionArn: string, given: Given): ServiceState {
  const { now } = given;
  const deployments = startDeployment(
    state.deployments,
    deploymentSpec(state.definition, taskDefinitionArn, given),
    now,
  );
  const [deployment, ...older] = deployments;
  const { serviceDeployments: list = [] } = state;
  if (deployment === undefined) return { ...state, deployments, serviceDeployments: list };
  const withTasks = new Set([...state.tasks.values()].map((task) => task.deploymentId));
  const sources = older.filter(({ deploymentId }) => withTasks.has(deploymentId));
  const serviceDeploymentId = newServiceDeploymentId(given);
  return {
    ...state,
    deployments,
    serviceDeployments: startServiceDeployment(list, { serviceDeploymentId, deployment, sources }, now),
  };
}

/** What a new deployment takes over from the service's definition. */
const deploymentSpec = (definition: ServiceDefinition, taskDefinitionArn: string, given: Given) => ({
  deploymentId: newDeploymentId(given),
  taskDefinitionArn,
  serviceRevisionId: randomDigits(given),
  ...(definition.launchType === undefined ? {} : { launchType: definition.launchType }),
  ...(definition.capacityProviderStrategy === undefined
    ? {}
    : { capacityProviderStrategy: definition.capacityProviderStrategy }),
  ...(definition.platformVersion === undefined ? {} : { platformVersion: definition.platformVersion }),
  ...(definition.networkConfiguration === undefined ? {} : { networkConfiguration: definition.networkConfiguration }),
});

// ---- ids as ECS writes them ----------------------------------------------------------------------------------------

/** `ecs-svc/` and 19 digits. */
export const newDeploymentId = (given: Given): string => `ecs-svc/${randomDigits(given)}`;

function randomDigits({ random }: Given): string {
  const digits = (length: number): string => String(Math.floor(random() * 10 ** length)).padStart(length, '0');
  return `${1 + Math.floor(random() * 9)}${digits(9)}${digits(9)}`;
}

const ID_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
const ID_LENGTH = 21;

const newServiceDeploymentId = ({ random }: Given): string =>
  Array.from({ length: ID_LENGTH }, () => ID_CHARACTERS[Math.floor(random() * ID_CHARACTERS.length)]).join('');
