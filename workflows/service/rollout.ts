/** Rollouts of a service in its workflow: ids, the record of each, and what users ask of them. */
import type { Deployment, ServiceDefinition } from '../../model/service.ts';
import { countRevision, type ServiceDeployment, type ServiceRevision } from '../../model/service-deployment.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import type { EpochMs } from '../../model/time.ts';
import { breakerMonitor } from '../../scheduler/rollout/circuit-breaker.ts';
import { deploymentCounts, startDeployment } from '../../scheduler/rollout/deployments.ts';
import { hasEnded } from '../../scheduler/rollout/deployment-status.ts';
import { startServiceDeployment } from '../../scheduler/rollout/service-deployments.ts';
import type { ServiceOwnedTask, ServiceState } from '../state.ts';

// ---- ids, from the workflow's own deterministic randomness ---------------------------------------------------------

function randomDigits(): string {
  const digits = (length: number): string => String(Math.floor(Math.random() * 10 ** length)).padStart(length, '0');
  return `${1 + Math.floor(Math.random() * 9)}${digits(9)}${digits(9)}`;
}

/** `ecs-svc/` and 19 digits. */
export const newDeploymentId = (): string => `ecs-svc/${randomDigits()}`;

const ID_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
const ID_LENGTH = 21;

const newServiceDeploymentId = (): string =>
  Array.from({ length: ID_LENGTH }, () => ID_CHARACTERS[Math.floor(Math.random() * ID_CHARACTERS.length)]).join('');

// ---- starting ------------------------------------------------------------------------------------------------------

/** What a new deployment takes over from the service's definition. */
const deploymentSpec = (definition: ServiceDefinition, taskDefinitionArn: string) => ({
  deploymentId: newDeploymentId(),
  taskDefinitionArn,
  serviceRevisionId: randomDigits(),
  ...(definition.launchType === undefined ? {} : { launchType: definition.launchType }),
  ...(definition.capacityProviderStrategy === undefined
    ? {}
    : { capacityProviderStrategy: definition.capacityProviderStrategy }),
  ...(definition.platformVersion === undefined ? {} : { platformVersion: definition.platformVersion }),
  ...(definition.networkConfiguration === undefined ? {} : { networkConfiguration: definition.networkConfiguration }),
});

export interface NewRollout {
  readonly taskDefinitionArn: string;
  /** Deployments that have tasks. */
  readonly running: readonly string[];
  readonly now: EpochMs;
}

/** The service's deployments with a new PRIMARY that brings in a new revision, and the service deployment that follows it. */
export function startRollout(
  state: Pick<ServiceState, 'definition' | 'deployments' | 'serviceDeployments'>,
  { taskDefinitionArn, running, now }: NewRollout,
): Required<Pick<ServiceState, 'deployments' | 'serviceDeployments'>> {
  const spec = deploymentSpec(state.definition, taskDefinitionArn);
  const deployments = startDeployment(state.deployments, spec, now);
  const [deployment, ...older] = deployments;
  const { serviceDeployments: list = [] } = state;
  if (deployment === undefined) return { deployments, serviceDeployments: list };
  const sources = older.filter(({ deploymentId }) => running.includes(deploymentId));
  const serviceDeploymentId = newServiceDeploymentId();
  return {
    deployments,
    serviceDeployments: startServiceDeployment(list, { serviceDeploymentId, deployment, sources }, now),
  };
}

// ---- records -------------------------------------------------------------------------------------------------------

/** What the deployment brings in, for the record. */
export function serviceRevision(
  deployment: Deployment,
  definition: ServiceDefinition,
  taskDefinition: TaskDefinition | undefined,
): ServiceRevision {
  const { launchType, capacityProviderStrategy, platformVersion, networkConfiguration } = deployment;
  const { containerImages = [] } = deployment;
  const known = new Map(containerImages.map(({ containerName, imageDigest }) => [containerName, imageDigest]));
  const digestOf = (container: string) => {
    const imageDigest = known.get(container);
    return imageDigest === undefined ? {} : { imageDigest };
  };
  return {
    revisionId: deployment.serviceRevisionId ?? '',
    taskDefinitionArn: deployment.taskDefinitionArn,
    ...(launchType === undefined ? {} : { launchType }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    loadBalancers: definition.loadBalancers,
    serviceRegistries: definition.serviceRegistries,
    containerImages: (taskDefinition?.containerDefinitions ?? []).map(({ name = '', image = '' }) => ({
      containerName: name,
      image,
      ...digestOf(name),
    })),
    createdAt: deployment.createdAt,
  };
}

/** What the service's row says of the breaker; nothing while there is no service deployment. */
export function currentBreaker(state: ServiceState) {
  const current = state.serviceDeployments?.[0];
  if (current === undefined) return {};
  return { breaker: current.end?.breaker ?? breakerMonitor(state.definition, state.deployments, current) };
}

/** The service deployments; one that has just ended keeps what it shows now for good. */
export function withEnds(
  list: readonly ServiceDeployment[],
  state: ServiceState,
  tasks: readonly ServiceOwnedTask[],
): readonly ServiceDeployment[] {
  if (list.every(({ status, end }) => end !== undefined || !hasEnded(status))) return list;
  const counts = deploymentCounts(state.definition, state.deployments, tasks);
  const { minimumHealthyPercent, maximumPercent } = state.definition;
  const { deploymentCircuitBreaker, alarms, bakeTimeInMinutes, earlySuccessCriteria, lifecycleHooks } =
    state.definition;
  const settings = {
    minimumHealthyPercent,
    maximumPercent,
    ...(deploymentCircuitBreaker === undefined ? {} : { deploymentCircuitBreaker }),
    ...(alarms === undefined ? {} : { alarms }),
    ...(bakeTimeInMinutes === undefined ? {} : { bakeTimeInMinutes }),
    ...(earlySuccessCriteria === undefined ? {} : { earlySuccessCriteria }),
    ...(lifecycleHooks === undefined ? {} : { lifecycleHooks }),
  };
  return list.map((deployment) => {
    if (deployment.end !== undefined || !hasEnded(deployment.status)) return deployment;
    return {
      ...deployment,
      end: {
        target: countRevision(counts, deployment.targetRevisionId),
        sources: deployment.sourceRevisionIds.map((id) => countRevision(counts, id)),
        breaker: breakerMonitor(state.definition, state.deployments, deployment),
        settings,
      },
    };
  });
}
