/** Records with defaults, so that a test shows only what matters to it. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { InstanceRecord } from '../../model/owner-record.ts';
import type { ServiceRecord } from '../../model/service.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import type { HeldResources, Task, TaskPatch } from '../../model/task.ts';
import type { ClusterRecord } from '../../store/contract/clusters.ts';
import type { Store } from '../../store/contract/store.ts';
import { aDefinition as aServiceDefinition } from '../support/service-builders.ts';

export const T0 = 1_780_000_000_000;
export const newId = (): string => randomBytes(16).toString('hex');

export const aCluster = (clusterName: string, members: Partial<ClusterRecord> = {}): ClusterRecord => ({
  clusterName,
  status: 'ACTIVE',
  createdAt: T0,
  settings: [],
  capacityProviders: [],
  defaultCapacityProviderStrategy: [],
  tags: [],
  ...members,
});

export const aDefinition = (family: string, revision: number): TaskDefinition => ({
  taskDefinitionArn: `arn:aws:ecs:us-east-1:123456789012:task-definition/${family}:${revision}`,
  family,
  revision,
  status: 'ACTIVE',
  containerDefinitions: [{ name: 'web', image: 'web:1' }],
  registeredAt: T0,
});

export const held = (members: Partial<HeldResources> = {}): HeldResources => ({
  cpu: 256,
  memoryMiB: 512,
  ports: [],
  gpus: 0,
  ...members,
});

export const aTask = (members: Partial<Task> = {}): Task => ({
  taskId: newId(),
  clusterName: 'default',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  family: 'web',
  revision: 1,
  ownerWorkflowId: 'run-task/default/t',
  group: 'family:web',
  launchType: 'EC2',
  cpu: '256',
  memory: '512',
  held: held(),
  overrides: {},
  tags: [],
  enableExecuteCommand: false,
  lastStatus: 'PENDING',
  desiredStatus: 'RUNNING',
  healthStatus: 'UNKNOWN',
  containers: [
    {
      id: randomUUID(),
      name: 'web',
      image: 'web:1',
      lastStatus: 'PENDING',
      cpu: '0',
      networkBindings: [],
      networkInterfaces: [],
    },
  ],
  attachments: [],
  createdAt: T0,
  version: 1,
  ...members,
});

export const stopped = (taskId: string, version = 99, at = T0 + 5000): TaskPatch => ({
  taskId,
  version,
  changes: { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stoppedAt: at, stoppedReason: 'done' },
});

export const aService = (
  serviceName: string,
  members: Partial<ServiceRecord> = {},
  definition: Partial<ServiceRecord['definition']> = {},
): ServiceRecord => ({
  definition: aServiceDefinition({ serviceName, desiredCount: 1, ...definition }),
  incarnation: `${serviceName}-1`,
  status: 'ACTIVE',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  deployments: [],
  runningCount: 0,
  pendingCount: 0,
  createdAt: T0,
  createdBy: 'arn:aws:iam::123456789012:root',
  waitingForCapacity: false,
  version: 1,
  ...members,
});

export interface InstanceShape {
  readonly id?: string;
  readonly clusterName?: string;
  readonly cpu?: number;
  readonly memoryMiB?: number;
  readonly gpuIds?: readonly string[];
  readonly reservedPorts?: readonly string[];
  readonly attributes?: Readonly<Record<string, string>>;
}

const RESERVED = ['22/tcp', '2375/tcp', '2376/tcp', '51678/tcp', '51679/tcp'];

/** The first record of an instance: ACTIVE and connected. */
export function anInstanceRecord(shape: InstanceShape = {}): InstanceRecord {
  const { id = newId(), clusterName = 'default', attributes = {} } = shape;
  return {
    clusterName,
    containerInstanceId: id,
    version: 1,
    status: 'ACTIVE',
    agentConnected: true,
    registeredAt: T0,
    registration: {
      containerInstanceId: id,
      clusterName,
      resources: {
        cpu: shape.cpu ?? 4096,
        memoryMiB: shape.memoryMiB ?? 8192,
        reservedPorts: shape.reservedPorts ?? RESERVED,
        gpuIds: shape.gpuIds ?? [],
      },
      attributes: Object.entries(attributes).map(([name, value]) => (value === '' ? { name } : { name, value })),
      agentVersion: '1.0.0',
      agentHash: 'abc',
      dockerVersion: 'DockerVersion: 24.0.5',
      tags: [],
      sessionId: 's1',
    },
  };
}

/** Registers an instance and answers with its id. */
export async function registerInstance(store: Store, shape: InstanceShape = {}): Promise<string> {
  const record = anInstanceRecord(shape);
  await store.recordInstance(record);
  return record.containerInstanceId;
}

/** Reserves tasks in their cluster. */
export const reserve = (store: Store, tasks: readonly Task[], clusterName = 'default') =>
  store.reserveTasks({ clusterName, tasks });

/** Records patches alone. */
export const record = (store: Store, tasks: readonly TaskPatch[], clusterName = 'default') =>
  store.recordOwner({ clusterName, tasks, events: [] });
