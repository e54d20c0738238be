/**
 * Turns a task definition, its overrides and the host's choices into the containers that the engine must create. Pure.
 */
import type { ContainerDefinition, ContainerOverride, KeyValuePair, Volume } from '@aws-sdk/client-ecs';
import { dealGpus, readGpus, type GpuAmount } from '../../../model/gpus.ts';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import { defined } from '../../../model/defined.ts';
import { taskHex } from '../../task-hex.ts';
import { PAUSE_PATH } from '../runtime/pause-image.ts';
import { RuntimeError } from '../runtime/types.ts';
import type { ContainerMount, ContainerNetwork, ContainerSpec, VolumeSpec } from '../runtime/types.ts';
import type { TaskLaunch } from '../types.ts';
import { MADE_VOLUME, PAUSE_CONTAINER_NAME, labelsOf } from './labels.ts';
import { taskLimits, taskVolumeName } from './plan.ts';
import type { TaskPlan } from './plan.ts';

/** A task to launch, with everything that its containers are made from. */
export interface TaskBlueprint {
  readonly containerInstanceId: string;
  readonly clusterName: string;
  readonly definition: TaskDefinition;
  readonly launch: TaskLaunch;
  readonly plan: TaskPlan;
}

/** Engine ids of the task's existing containers, by container name. The pause container has its own name. */
export type ContainerIds = ReadonlyMap<string, string>;

/** `ecs-<family>-<revision>-<container>-<hex>`, the same for every attempt to launch the task. */
export function engineName({ definition, launch }: TaskBlueprint, containerName: string): string {
  const hex = taskHex(launch.taskId, `/${containerName}`).slice(0, 24);
  // The engine refuses characters in the pause container's own name.
  const name = containerName === PAUSE_CONTAINER_NAME ? 'internalecspause' : containerName;
  return `ecs-${definition.family}-${definition.revision}-${name}-${hex}`;
}

/**
 * The definition of a container with the launch's overrides, and the image that the launch pins. Throws
 * CannotCreateContainerError.
 */
export function definitionOf({ definition, launch }: TaskBlueprint, name: string): ContainerDefinition {
  const registered = definition.containerDefinitions?.find((c) => c.name === name);
  if (registered === undefined)
    throw new RuntimeError('CannotCreateContainerError', `no container ${name} in the definition`);
  const image = launch.images?.[name];
  const own = image === undefined ? registered : { ...registered, image };
  const override = launch.overrides.containerOverrides?.find((c) => c.name === name);
  return override === undefined ? own : withOverride(own, override);
}

function withOverride(own: ContainerDefinition, override: ContainerOverride): ContainerDefinition {
  const { command, cpu, memory, memoryReservation, environment } = override;
  return {
    ...own,
    ...defined({ command, cpu, memory, memoryReservation }),
    ...(environment === undefined ? {} : { environment: mergeEnvironment(own.environment, environment) }),
  };
}

function mergeEnvironment(own: readonly KeyValuePair[] | undefined, over: readonly KeyValuePair[]): KeyValuePair[] {
  return [...(own ?? []).filter((e) => !over.some((o) => o.name === e.name)), ...over];
}

/** Variables that the agent adds to a container, beside the definition's own, which win. */
export type AgentVariables = (blueprint: TaskBlueprint, containerName: string) => Readonly<Record<string, string>>;

/**
 * The spec of a container of the task. Its dependencies must exist already, because links, volumes and namespaces name
 * them.
 */
export function containerSpec(
  blueprint: TaskBlueprint,
  name: string,
  ids: ContainerIds,
  variables: AgentVariables = () => ({}),
): ContainerSpec {
  const { definition, launch } = blueprint;
  const container = definitionOf(blueprint, name);
  const pauseContainerId = ids.get(PAUSE_CONTAINER_NAME);
  const gpuIds = gpusOf(blueprint, name);
  return {
    name: engineName(blueprint, name),
    container,
    labels: labelsOf(blueprint, name),
    environment: {
      AWS_EXECUTION_ENV: launch.launchType === 'FARGATE' ? 'AWS_ECS_FARGATE' : 'AWS_ECS_EC2',
      ...variables(blueprint, name),
    },
    network: networkOf(blueprint.plan, pauseContainerId),
    mounts: (container.mountPoints ?? []).map((m) => ({
      source: mountSource(blueprint, m.sourceVolume ?? ''),
      containerPath: m.containerPath ?? '',
      readOnly: m.readOnly ?? false,
    })) satisfies ContainerMount[],
    volumesFrom: (container.volumesFrom ?? []).map((v) => ({
      containerId: idOf(ids, v.sourceContainer ?? ''),
      readOnly: v.readOnly ?? false,
    })),
    links: (container.links ?? []).map((link) => {
      const [target = '', alias = target] = link.split(':');
      return { containerId: idOf(ids, target), alias };
    }),
    ...capsOf(blueprint),
    ...(gpuIds.length === 0 ? {} : { gpuIds }),
    ...defined({ logDriverMode: launch.logDriverMode, storageGiB: storageOf(blueprint) }),
    ...namespaceModes(definition, pauseContainerId),
  };
}

/** The spec of the pause container, which holds a task's namespaces and has the network settings of the whole task. */
export function pauseContainerSpec(blueprint: TaskBlueprint, image: string, network: string): ContainerSpec {
  const { definition, plan } = blueprint;
  const systemControls = (definition.containerDefinitions ?? []).flatMap((c) =>
    (c.systemControls ?? []).filter((s) => s.namespace?.startsWith('net.') === true),
  );
  return {
    name: engineName(blueprint, PAUSE_CONTAINER_NAME),
    container: {
      name: PAUSE_CONTAINER_NAME,
      image,
      entryPoint: [PAUSE_PATH],
      ...(plan.networkMode === 'awsvpc' ? { systemControls } : {}),
    },
    labels: labelsOf(blueprint, PAUSE_CONTAINER_NAME),
    environment: {},
    network: plan.networkMode === 'awsvpc' ? { mode: 'network', network } : { mode: 'none' },
    mounts: [],
    volumesFrom: [],
    links: [],
    // The program is process 1 and ignores SIGTERM.
    stopSignal: 'SIGKILL',
    ...(definition.ipcMode === 'task' ? { ipcMode: 'shareable' } : {}),
  };
}

/** Volumes that must be created before the containers that mount them. The engine itself makes plain ones. */
export function volumesToCreate(
  blueprint: TaskBlueprint,
): readonly (VolumeSpec & { readonly mustExist: boolean; readonly isShared: boolean })[] {
  return (blueprint.definition.volumes ?? []).flatMap((volume) => {
    const docker = volume.dockerVolumeConfiguration;
    if (docker === undefined) return [];
    const shared = docker.scope === 'shared';
    return [
      {
        name: volumeName(blueprint, volume),
        isShared: shared,
        mustExist: shared && docker.autoprovision !== true,
        labels: { ...docker.labels, [MADE_VOLUME]: 'true' },
        ...defined({ driver: docker.driver || undefined, driverOpts: docker.driverOpts }),
      },
    ];
  });
}

function mountSource(blueprint: TaskBlueprint, volumeId: string): string {
  const volume = blueprint.definition.volumes?.find((v) => v.name === volumeId);
  if (volume === undefined) throw new RuntimeError('CannotCreateContainerError', `unknown volume ${volumeId}`);
  return volume.host?.sourcePath ?? volumeName(blueprint, volume);
}

function volumeName({ definition, launch }: TaskBlueprint, volume: Volume): string {
  const name = volume.name ?? '';
  return volume.dockerVolumeConfiguration?.scope === 'shared' ? name : taskVolumeName(definition, launch.taskId, name);
}

function networkOf(plan: TaskPlan, pauseContainerId: string | undefined): ContainerNetwork {
  if (plan.networkMode !== 'awsvpc') return { mode: plan.networkMode };
  if (pauseContainerId === undefined) throw new RuntimeError('ResourceInitializationError', 'the task has no network');
  return { mode: 'shared', containerId: pauseContainerId };
}

function namespaceModes(definition: TaskDefinition, pauseContainerId: string | undefined): Partial<ContainerSpec> {
  const shared = `container:${pauseContainerId ?? ''}`;
  const pidMode = definition.pidMode === 'task' ? shared : definition.pidMode;
  const ipcMode = definition.ipcMode === 'task' ? shared : definition.ipcMode;
  return defined({ pidMode, ipcMode });
}

function capsOf(blueprint: TaskBlueprint): Partial<ContainerSpec> {
  const { cpu, memoryMiB } = taskLimits(blueprint);
  return defined({ taskCpu: cpu, taskMemoryMiB: memoryMiB });
}

/** What each container of the task may write, in GiB. */
const storageOf = ({ definition, launch }: TaskBlueprint): number | undefined =>
  (launch.overrides.ephemeralStorage ?? definition.ephemeralStorage)?.sizeInGiB;

/** Deals out the task's GPUs to its containers in order, each as many as it asks for. */
function gpusOf(blueprint: TaskBlueprint, name: string): readonly string[] {
  const { definition, launch } = blueprint;
  const asked = (definition.containerDefinitions ?? []).map((c) => ({
    name: c.name ?? '',
    gpus: gpusAsked(launch, c),
  }));
  return dealGpus(asked, launch.gpuIds ?? []).get(name) ?? [];
}

function gpusAsked({ overrides }: TaskLaunch, container: ContainerDefinition): GpuAmount {
  const override = overrides.containerOverrides?.find((c) => c.name === container.name);
  return readGpus(override?.resourceRequirements ?? container.resourceRequirements) ?? 0;
}

function idOf(ids: ContainerIds, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new RuntimeError('CannotCreateContainerError', `container ${name} does not exist yet`);
  return id;
}
