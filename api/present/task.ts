/** A task of the model as the ECS API shows it. */
import type { Container, Task as WireTask, TaskOverride } from '@aws-sdk/client-ecs';
import type { Partition } from '../../model/arn.ts';
import { clusterArn, containerArn, containerInstanceArn, taskArn } from '../../model/arn.ts';
import type { Task, TaskContainer } from '../../model/task.ts';
import { platformMembers, resolvePlatformVersion } from './platform.ts';
import { dateMember, member } from './members.ts';

export interface PresentTaskOptions {
  readonly includeTags: boolean;
  /** `ecs.cpu-architecture` of the task's instance, where it is known. */
  readonly cpuArchitecture?: string;
}

/** A wire task. Lists are present even when empty; a FARGATE task shows no container instance. */
export function presentTask(task: Task, partition: Partition, options: PresentTaskOptions): WireTask {
  return {
    ...identity(task, partition),
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
    ...member('stopCode', task.stopCode),
    ...member('stoppedReason', task.stoppedReason),
    ...times(task),
    tags: options.includeTags ? [...task.tags] : [],
  };
}

function identity(task: Task, partition: Partition): WireTask {
  const onInstance = task.launchType !== 'FARGATE' && task.containerInstanceId !== undefined;
  const platformVersion =
    task.launchType === 'FARGATE' ? resolvePlatformVersion(task.platformVersion) : task.platformVersion;
  return {
    taskArn: taskArn(partition, task.clusterName, task.taskId),
    clusterArn: clusterArn(partition, task.clusterName),
    taskDefinitionArn: task.taskDefinitionArn,
    ...(onInstance
      ? { containerInstanceArn: containerInstanceArn(partition, task.clusterName, task.containerInstanceId) }
      : {}),
    ...member('availabilityZone', task.availabilityZone),
    group: task.group,
    ...member('startedBy', task.startedBy),
    launchType: task.launchType,
    ...member('capacityProviderName', task.capacityProviderName),
    ...platformMembers(task.launchType, platformVersion),
  };
}

function times(task: Task): WireTask {
  return {
    ...(task.connectivityAt === undefined
      ? {}
      : { connectivity: 'CONNECTED', connectivityAt: new Date(task.connectivityAt) }),
    createdAt: new Date(task.createdAt),
    ...dateMember('pullStartedAt', task.pullStartedAt),
    ...dateMember('pullStoppedAt', task.pullStoppedAt),
    ...dateMember('startedAt', task.startedAt),
    ...dateMember('stoppingAt', task.stoppingAt),
    ...dateMember('executionStoppedAt', task.executionStoppedAt),
    ...dateMember('stoppedAt', task.stoppedAt),
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
    ...member('imageDigest', container.imageDigest),
    ...member('runtimeId', container.runtimeId),
    lastStatus: container.lastStatus,
    ...member('exitCode', container.exitCode),
    ...member('reason', container.reason),
    networkBindings: container.networkBindings.map((binding) => ({ ...binding })),
    networkInterfaces: container.networkInterfaces.map((networkInterface) => ({ ...networkInterface })),
    healthStatus: container.healthStatus ?? 'UNKNOWN',
    cpu: container.cpu,
    ...member('memory', container.memory),
    ...member('memoryReservation', container.memoryReservation),
    ...(container.gpuIds === undefined ? {} : { gpuIds: [...container.gpuIds] }),
  };
}
