/** Control activities over plain objects, for time-skipping workflow tests: the store's promises, without a database. */
import { ApplicationFailure } from '@temporalio/common';
import type { ControlActivities, InstancePolicy, OwnerRecord, ReserveInput } from '../../activities/control/types.ts';
import type { AttributeColumn, CapacitySnapshot, SnapshotRequest } from '../../model/capacity.ts';
import type { ServiceEvent, ServiceRecord } from '../../model/service.ts';
import type { Task } from '../../model/task.ts';
import type { InstanceNotice } from '../../workflows/messages.ts';

export interface FakeInstance {
  readonly id: string;
  readonly zone: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  agentConnected: boolean;
}

export class FakeControl {
  readonly instances = new Map<string, FakeInstance>();
  readonly tasks = new Map<string, Task>();
  readonly services = new Map<string, ServiceRecord>();
  readonly events: ServiceEvent[] = [];
  readonly notices: { ownerWorkflowId: string; notice: InstanceNotice }[] = [];
  policy: InstancePolicy = { heartbeatTimeoutMs: 15_000, giveUpAfterMs: 60_000 };
  /** Delivers notices to owners; set by the test that has a client. */
  deliver: (ownerWorkflowId: string, notice: InstanceNotice) => Promise<void> = () => Promise.resolve();

  addInstance(id: string, options: Partial<FakeInstance> = {}): FakeInstance {
    const instance: FakeInstance = {
      id,
      zone: 'us-east-1a',
      cpu: 4096,
      memoryMiB: 8192,
      status: 'ACTIVE',
      agentConnected: true,
      ...options,
    };
    this.instances.set(id, instance);
    return instance;
  }

  /** Tasks not STOPPED, as the store holds them. */
  live(): Task[] {
    return [...this.tasks.values()].filter((task) => task.lastStatus !== 'STOPPED');
  }

  held(instanceId: string): { cpu: number; memoryMiB: number } {
    const on = this.live().filter((task) => task.containerInstanceId === instanceId);
    return {
      cpu: on.reduce((sum, task) => sum + task.held.cpu, 0),
      memoryMiB: on.reduce((sum, task) => sum + task.held.memoryMiB, 0),
    };
  }

  messages(): string[] {
    return this.events.map((event) => event.message);
  }

  activities(): ControlActivities {
    return {
      snapshotCapacity: (request) => Promise.resolve(this.#snapshot(request)),
      reserveTasks: (input) => Promise.resolve(this.#reserve(input)),
      recordOwner: (record) => {
        // As the store: events alone do not say which service they belong to.
        if (record.events.length > 0 && record.service === undefined) {
          throw ApplicationFailure.nonRetryable('Events were to be recorded without the service.', 'EventsAlone');
        }
        this.#record(record);
        return Promise.resolve();
      },
      recordInstance: (record) => {
        if (record.clusterName === 'missing') {
          throw ApplicationFailure.nonRetryable('Cluster not found.', 'ClusterNotFoundException');
        }
        const known = this.instances.get(record.containerInstanceId) ?? this.addInstance(record.containerInstanceId);
        if (record.status === 'ACTIVE' || record.status === 'DRAINING' || record.status === 'INACTIVE') {
          known.status = record.status;
        }
        if (record.agentConnected !== undefined) known.agentConnected = record.agentConnected;
        return Promise.resolve();
      },
      listInstanceTasks: ({ containerInstanceId }) =>
        Promise.resolve(
          this.live()
            .filter((task) => task.containerInstanceId === containerInstanceId)
            .map(({ taskId, ownerWorkflowId, lastStatus, desiredStatus }) => ({
              taskId,
              ownerWorkflowId,
              lastStatus,
              desiredStatus,
            })),
        ),
      notifyOwners: async ({ ownerWorkflowIds, notice }) => {
        for (const ownerWorkflowId of ownerWorkflowIds) {
          this.notices.push({ ownerWorkflowId, notice });
          await this.deliver(ownerWorkflowId, notice);
        }
      },
      loadInstancePolicy: () => Promise.resolve(this.policy),
    };
  }

  #snapshot(request: SnapshotRequest): CapacitySnapshot {
    const all = [...this.instances.values()].filter((instance) => instance.status !== 'INACTIVE');
    const rows = all.filter((i) => (request.instanceIds ? request.instanceIds.includes(i.id) : i.status === 'ACTIVE'));
    const column = (value: (instance: FakeInstance) => string): AttributeColumn => {
      const values = [...new Set(rows.map(value))];
      return { values, index: rows.map((row) => values.indexOf(value(row))) };
    };
    const inGroup = (group: string) =>
      rows.map((row) => this.live().filter((t) => t.containerInstanceId === row.id && t.group === group).length);
    return {
      takenAt: 0,
      totalInstances: all.length,
      ids: rows.map((row) => row.id),
      agentConnected: rows.map((row) => row.agentConnected),
      cpu: rows.map((row) => row.cpu - this.held(row.id).cpu),
      memoryMiB: rows.map((row) => row.memoryMiB - this.held(row.id).memoryMiB),
      usedPorts: {},
      gpuIds: {},
      attributes: {
        'ecs.availability-zone': column((row) => row.zone),
        'longshore.fargate': column(() => ''),
        'ecs.capability.task-eni': column(() => ''),
      },
      agentVersion: column(() => '1.0.0'),
      registeredAt: rows.map(() => 0),
      runningTasksCount: rows.map((row) => this.live().filter((t) => t.containerInstanceId === row.id).length),
      groupTasks: Object.fromEntries([request.group, ...request.otherGroups].map((group) => [group, inGroup(group)])),
      elsewhere: [],
    };
  }

  #reserve({ tasks }: ReserveInput) {
    const reserved: { taskId: string; gpuIds: readonly string[] }[] = [];
    const refused: { taskId: string; containerInstanceId: string; reason: string }[] = [];
    for (const task of tasks) {
      const instance = this.instances.get(task.containerInstanceId ?? '');
      const held = this.held(instance?.id ?? '');
      const fits =
        instance?.status === 'ACTIVE' &&
        instance.agentConnected &&
        held.cpu + task.held.cpu <= instance.cpu &&
        held.memoryMiB + task.held.memoryMiB <= instance.memoryMiB;
      if (fits || this.tasks.has(task.taskId)) {
        if (!this.tasks.has(task.taskId)) this.tasks.set(task.taskId, task);
        reserved.push({ taskId: task.taskId, gpuIds: [] });
      } else {
        const reason = 'RESOURCE:MEMORY';
        refused.push({ taskId: task.taskId, containerInstanceId: task.containerInstanceId ?? '', reason });
      }
    }
    return { reserved, refused };
  }

  #record(record: OwnerRecord): void {
    for (const patch of record.tasks) {
      const task = this.tasks.get(patch.taskId);
      if (!task || patch.version <= task.version) continue;
      const { containers: _containers, ...changes } = patch.changes;
      this.tasks.set(task.taskId, { ...task, ...changes, version: patch.version });
    }
    const { service } = record;
    const stored = service && this.services.get(service.definition.serviceName);
    if (service && (stored?.incarnation !== service.incarnation || stored.version < service.version)) {
      this.services.set(service.definition.serviceName, service);
    }
    for (const event of record.events) if (!this.events.some((e) => e.id === event.id)) this.events.push(event);
  }
}
