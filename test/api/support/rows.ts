/** Plausible rows for API tests: what the owners' activities would have written. */
import { randomUUID } from 'node:crypto';
import type { TaskDefinition as SdkTaskDefinition, Tag } from '@aws-sdk/client-ecs';
import { taskDefinitionArn } from '../../../model/arn.ts';
import type { InstanceRegistration } from '../../../model/container-instance.ts';
import type { Deployment, DeploymentCounts, ServiceDefinition, ServiceRecord } from '../../../model/service.ts';
import type { TaskDefinition, TaskDefinitionRecord } from '../../../model/task-definition.ts';
import type { Task } from '../../../model/task.ts';
import type { Store } from '../../../store/contract/store.ts';
import { TEST_PARTITION } from '../../support/store.ts';
import { aContainer, aRegistration, aTask } from '../../../fixtures/records.ts';
import { aDefinition } from '../../support/service-builders.ts';

export const newTaskId = (): string => randomUUID().replaceAll('-', '');

/** A PENDING task with one container `app`. */
export const taskRow = (members: Partial<Task> = {}): Task =>
  aTask({
    taskDefinitionArn: taskDefinitionArn(TEST_PARTITION, 'web', 1),
    containers: [aContainer({ name: 'app' })],
    ...members,
  });

/** A deployment as it is in a service's row. */
export const deploymentRow = (members: Partial<Deployment & DeploymentCounts> = {}): Deployment & DeploymentCounts => ({
  deploymentId: 'ecs-svc/1234567890123456789',
  status: 'PRIMARY',
  taskDefinitionArn: taskDefinitionArn(TEST_PARTITION, 'web', 1),
  launchType: 'EC2',
  rolloutState: 'IN_PROGRESS',
  rolloutStateReason: 'ECS deployment ecs-svc/1234567890123456789 in progress.',
  failedTasks: 0,
  createdAt: 1_700_000_000_000,
  updatedAt: 1_700_000_000_000,
  desiredCount: 1,
  pendingCount: 0,
  runningCount: 0,
  ...members,
});

export const definitionOf = (members: Partial<ServiceDefinition> = {}): ServiceDefinition =>
  aDefinition({ desiredCount: 1, ...members });

export const serviceRow = (members: Partial<ServiceRecord> = {}): ServiceRecord => ({
  definition: definitionOf(),
  incarnation: 'first',
  status: 'ACTIVE',
  taskDefinitionArn: taskDefinitionArn(TEST_PARTITION, 'web', 1),
  deployments: [deploymentRow()],
  runningCount: 0,
  pendingCount: 0,
  createdAt: 1_700_000_000_000,
  createdBy: 'arn:aws:iam::123456789012:root',
  waitingForCapacity: false,
  version: 1,
  ...members,
});

/** An agent's report of a host with 4 cores and 8 GiB. */
export const registrationOf = (members: Partial<InstanceRegistration> = {}): InstanceRegistration =>
  aRegistration({
    resources: { cpu: 4096, memoryMiB: 8192, reservedPorts: ['22/tcp', '2375/tcp', '53/udp'], gpuIds: [] },
    attributes: [
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'ecs.cpu-architecture', value: 'x86_64' },
      { name: 'ecs.availability-zone', value: 'us-east-1a' },
      { name: 'com.amazonaws.ecs.capability.privileged-container' },
    ],
    ...members,
  });

type DefinitionMembers = Pick<
  Partial<SdkTaskDefinition>,
  'networkMode' | 'requiresCompatibilities' | 'compatibilities' | 'placementConstraints' | 'cpu' | 'memory'
>;

/** Registers a task definition with one container `app`; it is FARGATE-compatible if its network mode is awsvpc. */
export function registerDefinition(
  store: Store,
  family: string,
  members: DefinitionMembers = {},
  tags: readonly Tag[] = [],
): Promise<TaskDefinitionRecord> {
  const awsvpc = members.networkMode === 'awsvpc';
  const build = (revision: number): TaskDefinition => ({
    taskDefinitionArn: taskDefinitionArn(TEST_PARTITION, family, revision),
    family,
    revision,
    status: 'ACTIVE',
    registeredAt: 1_700_000_000_000,
    containerDefinitions: [{ name: 'app', image: 'web:1', memory: 128, essential: true }],
    compatibilities: ['EXTERNAL', 'EC2', ...(awsvpc ? (['FARGATE'] as const) : [])],
    cpu: '256',
    memory: '512',
    ...members,
  });
  return store.registerTaskDefinition(family, build, tags);
}
