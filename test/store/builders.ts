/** Records with defaults, so that a test shows only what matters to it, and the store's calls with one of them. */
import { anInstanceRecord, type InstanceShape, T0 } from '../../fixtures/records.ts';
import type { ServiceRecord } from '../../model/service.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import type { Task, TaskPatch } from '../../model/task.ts';
import type { Store } from '../../store/contract/store.ts';
import { aDefinition as aServiceDefinition } from '../support/service-builders.ts';

export const aDefinition = (family: string, revision: number): TaskDefinition => ({
  taskDefinitionArn: `arn:aws:ecs:us-east-1:123456789012:task-definition/${family}:${revision}`,
  family,
  revision,
  status: 'ACTIVE',
  containerDefinitions: [{ name: 'web', image: 'web:1' }],
  registeredAt: T0,
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

/** Registers an instance and returns its id. */
export async function registerInstance(store: Store, shape: InstanceShape = {}): Promise<string> {
  const record = anInstanceRecord(shape);
  await store.recordInstance(record);
  return record.containerInstanceId;
}

/** Reserves tasks in their cluster. */
export const reserve = (store: Store, tasks: readonly Task[], clusterName = 'default') =>
  store.reserveTasks({ clusterName, tasks });

/** Records only task patches. */
export const record = (store: Store, tasks: readonly TaskPatch[], clusterName = 'default') =>
  store.recordOwner({ clusterName, tasks, events: [] });
