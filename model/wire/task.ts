/** A task of the model as the ECS API shows it. */
import type { Connectivity, Container, NetworkBinding, Task as WireTask, TaskOverride } from '@aws-sdk/client-ecs';
import type { Partition } from '../arn.ts';
import { clusterArn, containerArn, containerInstanceArn, taskArn } from '../arn.ts';
import { dealGpus } from '../gpus.ts';
import type { NetworkBinding as StoredBinding, Task, TaskContainer } from '../task.ts';
import { toDate } from './dates.ts';
import { PLATFORM_FAMILY, resolvePlatformVersion } from './platform.ts';

export interface PresentTaskOptions {
  readonly includeTags: boolean;
  /** `ecs.cpu-architecture` of the task's instance, where it is known. */
  readonly cpuArchitecture?: string;
  /** False: the agent of the task's instance is not heard of now. */
  readonly agentConnected?: boolean;
}

/** A wire task. Lists are present even when empty; a FARGATE task shows no container instance. */
export function presentTask(task: Task, partition: Partition, options: PresentTaskOptions): WireTask {
  const arn = taskArn(partition, task.clusterName, task.taskId);
  const fargate = task.launchType === 'FARGATE';
  return {
    taskArn: arn,
    clusterArn: clusterArn(partition, task.clusterName),
    taskDefinitionArn: task.taskDefinitionArn,
    containerInstanceArn: instanceArn(task, partition),
    availabilityZone: task.availabilityZone,
    group: task.group,
    startedBy: task.startedBy,
    launchType: task.launchType,
    capacityProviderName: task.capacityProviderName,
    platformVersion: fargate ? resolvePlatformVersion(task.platformVersion) : undefined,
    platformFamily: fargate ? PLATFORM_FAMILY : undefined,
    attachments: task.attachments.map((attachment) => ({ ...attachment })),
    attributes:
      options.cpuArchitecture === undefined ? [] : [{ name: 'ecs.cpu-architecture', value: options.cpuArchitecture }],
    containers: task.containers.map((container) => presentContainer(task, container, partition)),
    cpu: task.cpu,
    memory: task.memory,
    enableExecuteCommand: task.enableExecuteCommand,
    // Clients loop over it although ECS has withdrawn the feature.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    inferenceAccelerators: [],
    overrides: presentOverrides(task),
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: task.healthStatus,
    version: task.version,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    connectivity: connectivityOf(task, options.agentConnected ?? true),
    ...times(task),
    tags: options.includeTags ? [...task.tags] : [],
  };
}

/** A STOPPED task keeps the connection that it ended with. */
function connectivityOf(task: Task, agentConnected: boolean): Connectivity | undefined {
  if (task.connectivityAt === undefined) return undefined;
  return agentConnected || task.lastStatus === 'STOPPED' ? 'CONNECTED' : 'DISCONNECTED';
}

/** ECS does not show where a FARGATE task runs. */
function instanceArn(task: Task, partition: Partition): string | undefined {
  if (task.launchType === 'FARGATE' || task.containerInstanceId === undefined) return undefined;
  return containerInstanceArn(partition, task.clusterName, task.containerInstanceId);
}

function times(task: Task): WireTask {
  return {
    connectivityAt: toDate(task.connectivityAt),
    createdAt: new Date(task.createdAt),
    pullStartedAt: toDate(task.pullStartedAt),
    pullStoppedAt: toDate(task.pullStoppedAt),
    startedAt: toDate(task.startedAt),
    stoppingAt: toDate(task.stoppingAt),
    executionStoppedAt: toDate(task.executionStoppedAt),
    stoppedAt: toDate(task.stoppedAt),
  };
}

/** ECS names every container in `containerOverrides`, also those that nothing overrides. */
function presentOverrides(task: Task): TaskOverride {
  const given = new Map((task.overrides.containerOverrides ?? []).map((override) => [override.name, override]));
  return {
    ...task.overrides,
    containerOverrides: task.containers.map(({ name }) => given.get(name) ?? { name }),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- shown empty for the same reason
    inferenceAcceleratorOverrides: [],
  };
}

function presentContainer(task: Task, container: TaskContainer, partition: Partition): Container {
  const path = { cluster: task.clusterName, taskId: task.taskId, containerId: container.id };
  return {
    containerArn: containerArn(partition, path),
    taskArn: taskArn(partition, task.clusterName, task.taskId),
    name: container.name,
    image: container.image,
    imageDigest: container.imageDigest,
    runtimeId: container.runtimeId,
    lastStatus: container.lastStatus,
    exitCode: container.exitCode,
    reason: container.reason,
    networkBindings: container.networkBindings.map(presentBinding),
    networkInterfaces: container.networkInterfaces.map((networkInterface) => ({ ...networkInterface })),
    healthStatus: container.healthStatus ?? 'UNKNOWN',
    cpu: container.cpu,
    memory: container.memory,
    memoryReservation: container.memoryReservation,
    ...gpuIdsOf(task, container),
  };
}

/** ECS shows a range in place of the single ports. */
function presentBinding(binding: StoredBinding): NetworkBinding {
  if (binding.containerPortRange === undefined) return { ...binding };
  const { containerPort: _containerPort, hostPort: _hostPort, ...range } = binding;
  return range;
}

/** Set from the reservation on. */
function gpuIdsOf({ containers, gpuIds = [] }: Task, { name, gpus }: TaskContainer): Pick<Container, 'gpuIds'> {
  if (gpus === undefined) return {};
  const dealt = dealGpus(
    containers.map((container) => ({ name: container.name, gpus: container.gpus ?? 0 })),
    gpuIds,
  );
  return { gpuIds: [...(dealt.get(name) ?? [])] };
}
