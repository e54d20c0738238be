/** The complete first row of a task, from what was asked and where it was placed. */
import { uuid4 } from '@temporalio/workflow';
import type { Attachment, ContainerDefinition, TaskOverride } from '@aws-sdk/client-ecs';
import { asksForGpus, readGpus } from '../../model/gpus.ts';
import type { Task, TaskContainer } from '../../model/task.ts';
import type { EpochMs } from '../../model/time.ts';
import type { TaskTemplate } from '../../scheduler/owner/task-template.ts';
import type { Placed } from '../../scheduler/placement/types.ts';

/** What FARGATE tasks show when the caller named no platform version, or LATEST. */
const FARGATE_PLATFORM_VERSION = '1.4.0';

function firstContainer(definition: ContainerDefinition, overrides: TaskOverride): TaskContainer {
  const override = overrides.containerOverrides?.find((o) => o.name === definition.name);
  const memory = override?.memory ?? definition.memory;
  const reservation = override?.memoryReservation ?? definition.memoryReservation;
  const gpus = readGpus(override?.resourceRequirements ?? definition.resourceRequirements) ?? 0;
  return {
    id: '',
    name: definition.name ?? '',
    image: definition.image ?? '',
    lastStatus: 'PENDING',
    cpu: String(override?.cpu ?? definition.cpu ?? 0),
    ...(memory === undefined ? {} : { memory: String(memory) }),
    ...(reservation === undefined ? {} : { memoryReservation: String(reservation) }),
    networkBindings: [],
    networkInterfaces: [],
    ...(asksForGpus(gpus) ? { gpus } : {}),
  };
}

/** An awsvpc task shows its network interface from the first moment; the agent fills in the address. */
function firstAttachments(template: TaskTemplate): Attachment[] {
  if (template.taskDefinition.networkMode !== 'awsvpc') return [];
  const subnet = template.networkConfiguration?.awsvpcConfiguration?.subnets?.[0];
  const details = subnet === undefined ? [] : [{ name: 'subnetId', value: subnet }];
  return [{ id: '', type: 'ElasticNetworkInterface', status: 'PRECREATED', details }];
}

/** A fresh task, placed and not yet launched, or waiting for a place of its capacity provider. Its id comes from the workflow's own deterministic source; its containers and attachments get theirs when it is reserved. */
export function buildTask(template: TaskTemplate, placed: Placed | undefined, now: EpochMs): Task {
  const { taskDefinition, overrides, held } = template;
  const fargate = template.launchType === 'FARGATE';
  return {
    taskId: uuid4().replaceAll('-', ''),
    clusterName: template.clusterName,
    taskDefinitionArn: taskDefinition.taskDefinitionArn,
    family: taskDefinition.family,
    revision: taskDefinition.revision,
    ownerWorkflowId: template.ownerWorkflowId,
    ...(template.serviceName === undefined ? {} : { serviceName: template.serviceName }),
    group: template.group,
    ...(template.startedBy === undefined ? {} : { startedBy: template.startedBy }),
    ...placed,
    launchType: template.launchType,
    ...(template.capacityProviderName === undefined ? {} : { capacityProviderName: template.capacityProviderName }),
    ...(fargate ? { platformVersion: FARGATE_PLATFORM_VERSION, platformFamily: 'Linux' } : {}),
    cpu: overrides.cpu ?? taskDefinition.cpu ?? String(held.cpu),
    memory: overrides.memory ?? taskDefinition.memory ?? String(held.memoryMiB),
    held,
    ...(template.principal === undefined ? {} : { principal: template.principal }),
    overrides,
    tags: template.tags,
    ...(template.propagateTags === undefined ? {} : { propagateTags: template.propagateTags }),
    enableExecuteCommand: template.enableExecuteCommand,
    lastStatus: placed === undefined || taskDefinition.networkMode === 'awsvpc' ? 'PROVISIONING' : 'PENDING',
    desiredStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    containers: (taskDefinition.containerDefinitions ?? []).map((c) => firstContainer(c, overrides)),
    attachments: firstAttachments(template),
    createdAt: now,
    ...(placed === undefined ? {} : { connectivityAt: now }),
    version: 1,
  };
}
