/** From the state of a service to what is written of it: its row, its history, its events. */
import { hasEnded } from '../rollout/deployment-status.ts';
import { breakerMonitor } from '../rollout/circuit-breaker.ts';
import { deploymentActions } from '../rollout/deployment-actions.ts';
import { deploymentCounts, serviceCounts } from '../rollout/deployments.ts';
import { isWaiting } from '../owner/owned-task.ts';
import type { Reduced } from '../owner/effects.ts';
import type { ServiceState } from '../service/state.ts';
import { countRevision, type ServiceDeployment, type ServiceRevision } from '../../model/service-deployment.ts';
import type { Deployment, ServiceDefinition, ServiceRecord } from '../../model/service.ts';
import type { RolloutRecord } from '../../model/owner-record.ts';
import type { ServiceAction } from '../../model/service-action.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import { daemonRecord, daemonTold } from './daemon.ts';
import type { ServiceEffect } from './inputs.ts';

/** The row as of this state. */
export function serviceRecord(state: ServiceState): ServiceRecord {
  const tasks = [...state.tasks.values()];
  const primary = state.deployments.find(({ status }) => status === 'PRIMARY');
  return {
    definition: state.definition,
    incarnation: state.incarnation,
    status: state.status,
    taskDefinitionArn: primary?.taskDefinitionArn ?? '',
    deployments: deploymentCounts(state.definition, state.deployments, tasks),
    ...(state.serviceDeployments === undefined ? {} : { serviceDeployments: state.serviceDeployments }),
    ...currentBreaker(state),
    ...serviceCounts(tasks),
    createdAt: state.createdAt,
    createdBy: state.createdBy,
    waitingForCapacity: state.placement.refusals > 0 || tasks.some(isWaiting),
    version: state.recordVersion,
    ...daemonRecord(state),
  };
}

/** What the row says of the circuit breaker; nothing while there is no service deployment. */
function currentBreaker({ definition, deployments, serviceDeployments }: ServiceState): Pick<ServiceRecord, 'breaker'> {
  const current = serviceDeployments?.[0];
  if (current === undefined) return {};
  return { breaker: current.end?.breaker ?? breakerMonitor(definition, deployments, current) };
}

/** Writes the row as it is now, with what has changed in the deployments and in the history since it was last written. */
export function writeRow(before: ServiceState): Reduced<ServiceState, ServiceEffect> {
  const actions = deploymentActions(before.run.toldDeployments, before.deployments);
  const { state: settled, rollout } = takeRollout(daemonTold(before));
  const state: ServiceState = {
    ...settled,
    recordVersion: before.recordVersion + 1,
    run: { ...settled.run, toldDeployments: before.deployments },
  };
  return {
    state,
    effects: [
      ...actions.map((action): ServiceEffect => ({ kind: 'action', action })),
      { kind: 'row', state, ...(rollout === undefined ? {} : { rollout }) },
    ],
  };
}

export interface Told {
  readonly events: readonly string[];
  readonly actions: readonly ServiceAction[];
}

/** Events and actions, with the row that they belong to. `writes`: the row is written even if there are none. */
export function tell(
  state: ServiceState,
  { events, actions }: Told,
  writes = false,
): Reduced<ServiceState, ServiceEffect> {
  if (events.length + actions.length === 0 && !writes) return { state, effects: [] };
  const row = writeRow(state);
  return {
    state: row.state,
    effects: [
      ...events.map((message): ServiceEffect => ({ kind: 'event', message })),
      // Changes of deployments come before what follows from them.
      ...row.effects,
      ...actions.map((action): ServiceEffect => ({ kind: 'action', action })),
    ],
  };
}

// ---- the service's history -----------------------------------------------------------------------------------------

/** What is new or changed in the history since the last write. The state keeps the current deployment, and those that have not ended. */
function takeRollout(state: ServiceState): { readonly state: ServiceState; readonly rollout?: RolloutRecord } {
  const { serviceDeployments: list, run } = state;
  if (list === undefined) return { state };
  const ended = withEnds(list, state);
  const serviceDeployments = ended.filter((each) => run.written.deployments[each.serviceDeploymentId] !== each.version);
  const serviceRevisions = state.deployments
    .filter(({ serviceRevisionId: id }) => id !== undefined)
    .filter(
      ({ serviceRevisionId: id = '', containerImages = [] }) => run.written.revisions[id] !== containerImages.length,
    )
    .map((each) => serviceRevision(each, state.definition, state.taskDefinitions[each.taskDefinitionArn]));
  const kept = ended.filter(({ status }, i) => i === 0 || !hasEnded(status));
  const written = {
    deployments: Object.fromEntries(kept.map((each) => [each.serviceDeploymentId, each.version])),
    revisions: Object.fromEntries(
      state.deployments.map(({ serviceRevisionId: id = '', containerImages = [] }) => [id, containerImages.length]),
    ),
  };
  const next = { ...state, serviceDeployments: kept, run: { ...run, written } };
  if (serviceDeployments.length + serviceRevisions.length === 0) return { state: next };
  return { state: next, rollout: { serviceDeployments, serviceRevisions } };
}

/** What the deployment brings in, for the record. */
function serviceRevision(
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

/** The service deployments; one that has just ended keeps what it shows now for good. */
function withEnds(list: readonly ServiceDeployment[], state: ServiceState): readonly ServiceDeployment[] {
  if (list.every(({ status, end }) => end !== undefined || !hasEnded(status))) return list;
  const { definition, deployments } = state;
  const counts = deploymentCounts(definition, deployments, [...state.tasks.values()]);
  const { minimumHealthyPercent, maximumPercent } = definition;
  const { deploymentCircuitBreaker, alarms, bakeTimeInMinutes, earlySuccessCriteria, lifecycleHooks } = definition;
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
        breaker: breakerMonitor(definition, deployments, deployment),
        settings,
      },
    };
  });
}
