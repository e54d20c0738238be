/**
 * Control activities over plain objects, for time-skipping workflow tests. They keep the store's promises without a
 * database.
 */
import { ApplicationFailure } from '@temporalio/common';
import { reservationWithIds } from '../../activities/control/reservation-ids.ts';
import type { ControlActivities, InstancePolicy } from '../../activities/control/types.ts';
import type { AttributeColumn, CapacitySnapshot, SnapshotRequest } from '../../model/capacity.ts';
import type { ServiceDeployment, ServiceRevision } from '../../model/service-deployment.ts';
import type { DaemonLook, DaemonLookRequest } from '../../model/daemon.ts';
import type { Decision } from '../../model/decision.ts';
import { defined } from '../../model/defined.ts';
import type { OwnerRecord } from '../../model/owner-record.ts';
import { type PackedReserveResult, packReserveResult, unpackOwnerRecord } from '../../model/packed-writes.ts';
import type { AssignInput, AssignResult, Granted, ReserveInput, ReserveResult } from '../../model/reservation.ts';
import type { ServiceEvent, ServiceRecord } from '../../model/service.ts';
import type { ServiceActionRecord } from '../../model/service-action.ts';
import type { LogDriverMode, Task } from '../../model/task.ts';
import type { InstanceNotice } from '../../model/owner-signals.ts';

export interface FakeInstance {
  readonly id: string;
  readonly zone: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** The operator's capacity provider that the instance belongs to. */
  readonly capacityProvider?: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  agentConnected: boolean;
  /** Attributes in addition to the zone; tests change them. */
  attributes: Record<string, string>;
}

function attributeColumn(rows: readonly FakeInstance[], name: string): AttributeColumn {
  const values = [...new Set(rows.flatMap((row) => row.attributes[name] ?? []))];
  return { values, index: rows.map((row) => values.indexOf(row.attributes[name] ?? '\u0000')) };
}

/** An answer that breaks the store's promise: no columns, and no digest that the service knows. */
const BROKEN_LOOK: DaemonLook = { digest: 'unknown', busyDrainingIds: [], marks: [] };

export class FakeControl {
  /** Looks at instances answer what no service can take in. */
  looksAreBroken = false;
  /** The next listing of an instance's tasks comes before all of them were reserved. */
  nextListingIsEarly = false;
  /** What goes on between a reservation and its answer; tests put a wait there. */
  whileAnswersTravel: () => Promise<void> = () => Promise.resolve();
  readonly instances = new Map<string, FakeInstance>();
  readonly tasks = new Map<string, Task>();
  readonly services = new Map<string, ServiceRecord>();
  readonly serviceDeployments = new Map<string, ServiceDeployment>();
  readonly serviceRevisions = new Map<string, ServiceRevision>();
  readonly events: ServiceEvent[] = [];
  readonly actions: ServiceActionRecord[] = [];
  readonly decisions = new Map<string, Decision>();
  readonly notices: { ownerWorkflowId: string; notice: InstanceNotice }[] = [];
  policy: InstancePolicy = { heartbeatTimeoutMs: 15_000, giveUpAfterMs: 60_000 };
  /** How many tasks may wait in PROVISIONING at the same time. */
  provisioningLimit = Infinity;
  /** What the account's defaultLogDriverMode gives to a task, by its principal. */
  logDriverMode: (principal: string | undefined) => LogDriverMode | undefined = () => undefined;
  /** Delivers notices to owners; set by the test that has a client. */
  deliver: (ownerWorkflowId: string, notice: InstanceNotice) => Promise<void> = () => Promise.resolve();
  /** Whether the control plane came back a moment ago. */
  expectsAgents = false;
  /** Text that the store refuses for good, wherever in a write it stands. */
  unstorable: string | undefined;
  /** How often DAEMON services looked, and how often they saw something new. */
  readonly looks = { all: 0, news: 0 };

  addInstance(id: string, options: Partial<FakeInstance> = {}): FakeInstance {
    const instance: FakeInstance = {
      id,
      zone: 'us-east-1a',
      cpu: 4096,
      memoryMiB: 8192,
      status: 'ACTIVE',
      agentConnected: true,
      attributes: {},
      ...options,
    };
    this.instances.set(id, instance);
    return instance;
  }

  /** Tasks that are not STOPPED, as the store has them. */
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

  #refuseUnstorable(written: unknown): void {
    if (this.unstorable === undefined || !JSON.stringify(written).includes(this.unstorable)) return;
    throw ApplicationFailure.nonRetryable('The store cannot hold it.', 'InvalidParameterException');
  }

  activities(): ControlActivities {
    return {
      snapshotCapacity: (request) =>
        Promise.resolve({ ...this.#snapshot(request), ...(this.expectsAgents ? { expectsAgents: true } : {}) }),
      listZones: () => Promise.resolve(this.#zones()),
      reserveTasks: async (input) => {
        this.#refuseUnstorable(input);
        const answer = this.#reserve(reservationWithIds(input));
        await this.whileAnswersTravel();
        return answer;
      },
      assignTasks: (input) => Promise.resolve(this.#assign(input)),
      recordOwner: (record) => {
        // As in the store, events without a row do not say which service they belong to.
        if (record.events.length > 0 && record.service === undefined) {
          throw ApplicationFailure.nonRetryable('A record has service events but no service.', 'EventsAlone');
        }
        this.#refuseUnstorable(record);
        this.#record(unpackOwnerRecord(record));
        return Promise.resolve();
      },
      recordInstance: (record) => {
        if (record.clusterName === 'missing') {
          throw ApplicationFailure.nonRetryable('Cluster not found.', 'ClusterNotFoundException');
        }
        this.#decide(record.decisions);
        const known = this.instances.get(record.containerInstanceId) ?? this.addInstance(record.containerInstanceId);
        if (record.status === 'ACTIVE' || record.status === 'DRAINING' || record.status === 'INACTIVE') {
          known.status = record.status;
        }
        if (record.agentConnected !== undefined) known.agentConnected = record.agentConnected;
        return Promise.resolve();
      },
      lookAtInstances: (request) => Promise.resolve(this.looksAreBroken ? BROKEN_LOOK : this.#look(request)),
      listInstanceTasks: ({ containerInstanceId }) => {
        const isEarly = this.nextListingIsEarly;
        this.nextListingIsEarly = false;
        return Promise.resolve(
          this.live()
            .filter((task) => !isEarly && task.containerInstanceId === containerInstanceId)
            .map(({ taskId, ownerWorkflowId, lastStatus, desiredStatus }) => ({
              taskId,
              ownerWorkflowId,
              lastStatus,
              desiredStatus,
            })),
        );
      },
      notifyOwners: async ({ ownerWorkflowIds, notice }) => {
        for (const ownerWorkflowId of ownerWorkflowIds) {
          this.notices.push({ ownerWorkflowId, notice });
          await this.deliver(ownerWorkflowId, notice);
        }
      },
      loadInstancePolicy: () => Promise.resolve(this.policy),
    };
  }

  #look(request: DaemonLookRequest): DaemonLook {
    const ids = [...this.instances.values()].filter((i) => i.status !== 'INACTIVE').map((i) => i.id);
    const snapshot = this.#snapshot({ ...request, group: '', cpu: 0, memoryMiB: 0, instanceIds: ids });
    const instances = { ...snapshot, cpu: [], memoryMiB: [], runningTasksCount: [] };
    const digest = JSON.stringify(instances);
    const kindOf = (task: Task) => this.services.get(task.serviceName ?? '')?.definition.schedulingStrategy;
    const replicas = this.live().filter((task) => kindOf(task) === 'REPLICA');
    const isBusy = (id: string): boolean => replicas.some((task) => task.containerInstanceId === id);
    this.looks.all += 1;
    if (digest !== request.knownDigest) this.looks.news += 1;
    return {
      digest,
      ...(digest === request.knownDigest ? {} : { instances }),
      busyDrainingIds: ids.filter((id) => this.instances.get(id)?.status === 'DRAINING' && isBusy(id)),
      marks: [],
    };
  }

  #zones(): string[] {
    const open = [...this.instances.values()].filter((i) => i.status === 'ACTIVE' && i.agentConnected);
    return [...new Set(open.map(({ zone }) => zone))].sort();
  }

  #snapshot(request: SnapshotRequest): CapacitySnapshot {
    const all = [...this.instances.values()].filter((instance) => instance.status !== 'INACTIVE');
    const provider = request.capacityProviderName;
    const ofProvider = all.filter((i) => provider === undefined || i.capacityProvider === provider);
    const rows = ofProvider.filter((i) =>
      request.instanceIds ? request.instanceIds.includes(i.id) : i.status === 'ACTIVE',
    );
    const custom = request.attributeNames.filter((name) => rows.some((row) => name in row.attributes));
    const column = (value: (instance: FakeInstance) => string): AttributeColumn => {
      const values = [...new Set(rows.map(value))];
      return { values, index: rows.map((row) => values.indexOf(value(row))) };
    };
    const inGroup = (group: string) =>
      rows.map((row) => this.live().filter((t) => t.containerInstanceId === row.id && t.group === group).length);
    return {
      takenAt: 0,
      totalInstances: all.length,
      ...(provider === undefined ? {} : { providerInstances: ofProvider.length }),
      ids: rows.map((row) => row.id),
      agentConnected: rows.map((row) => row.agentConnected),
      cpu: rows.map((row) => row.cpu - this.held(row.id).cpu),
      memoryMiB: rows.map((row) => row.memoryMiB - this.held(row.id).memoryMiB),
      usedPorts: {},
      gpuIds: {},
      attributes: {
        'ecs.availability-zone': column((row) => row.zone),
        'longshore.fargate': column(() => ''),
        'longshore.fargate-spot': column(() => ''),
        'longshore.capacity-provider': column((row) => row.capacityProvider ?? ''),
        'ecs.capability.task-eni': column(() => ''),
        ...Object.fromEntries(custom.map((name) => [name, attributeColumn(rows, name)])),
      },
      ...(request.instanceIds ? { status: rows.map((row) => row.status) } : {}),
      agentVersion: column(() => '1.0.0'),
      registeredAt: rows.map(() => 0),
      runningTasksCount: rows.map((row) => this.live().filter((t) => t.containerInstanceId === row.id).length),
      groupTasks: Object.fromEntries([request.group, ...request.otherGroups].map((group) => [group, inGroup(group)])),
      elsewhere: [],
    };
  }

  #reserve({ tasks, decisions = [] }: ReserveInput): PackedReserveResult {
    const reserved: ReserveResult['reserved'][number][] = [];
    const refused: { taskId: string; containerInstanceId: string; reason: string }[] = [];
    for (const task of tasks) {
      const instance = this.instances.get(task.containerInstanceId ?? '');
      const held = this.held(instance?.id ?? '');
      const fits =
        (task.containerInstanceId === undefined && this.#waiting() < this.provisioningLimit) ||
        (instance?.status === 'ACTIVE' &&
          instance.agentConnected &&
          held.cpu + task.held.cpu <= instance.cpu &&
          held.memoryMiB + task.held.memoryMiB <= instance.memoryMiB);
      if (fits || this.tasks.has(task.taskId)) {
        if (!this.tasks.has(task.taskId)) this.tasks.set(task.taskId, task);
        reserved.push({ taskId: task.taskId, ...this.#granted(task, task) });
      } else {
        const reason = task.containerInstanceId === undefined ? 'PROVISIONING' : 'RESOURCE:MEMORY';
        refused.push({ taskId: task.taskId, containerInstanceId: task.containerInstanceId ?? '', reason });
      }
    }
    const real = new Set(reserved.map(({ taskId }) => taskId));
    this.#decide(decisions.map((one) => ({ ...one, tasks: one.tasks.filter(({ taskId }) => real.has(taskId)) })));
    return packReserveResult({ reserved, refused });
  }

  /** A task gets its mode with its instance. */
  #granted({ principal }: Task, { containerInstanceId }: Pick<Task, 'containerInstanceId'>): Granted {
    const logDriverMode = containerInstanceId === undefined ? undefined : this.logDriverMode(principal);
    return { gpuIds: [], ...defined({ logDriverMode }) };
  }

  #waiting(): number {
    return this.live().filter((task) => task.containerInstanceId === undefined).length;
  }

  #assign({ assignments, decisions = [] }: AssignInput): AssignResult {
    const assigned: AssignResult['assigned'][number][] = [];
    const refused: AssignResult['refused'][number][] = [];
    for (const { taskId, ...place } of assignments) {
      const task = this.tasks.get(taskId);
      const instance = this.instances.get(place.containerInstanceId);
      const held = this.held(place.containerInstanceId);
      const fits = instance?.status === 'ACTIVE' && task && held.cpu + task.held.cpu <= instance.cpu;
      if (!task || task.desiredStatus === 'STOPPED' || !fits) refused.push({ taskId, reason: 'STOPPED' });
      else {
        this.tasks.set(taskId, { ...task, ...place });
        assigned.push({ taskId, ...place, ...this.#granted(task, place) });
      }
    }
    const real = new Set(assigned.map(({ taskId }) => taskId));
    this.#decide(decisions.map((one) => ({ ...one, tasks: one.tasks.filter(({ taskId }) => real.has(taskId)) })));
    return { assigned, refused };
  }

  #decide(decisions: readonly Decision[] = []): void {
    for (const decision of decisions) {
      if ((this.decisions.get(decision.id)?.count ?? 0) < decision.count) this.decisions.set(decision.id, decision);
    }
  }

  #record(record: OwnerRecord): void {
    this.#decide(record.decisions);
    for (const patch of record.tasks) {
      const task = this.tasks.get(patch.taskId);
      if (!task || patch.version <= task.version) continue;
      const { containers: _containers, attachments: _attachments, ...changes } = patch.changes;
      this.tasks.set(task.taskId, { ...task, ...changes, version: patch.version });
    }
    const { service } = record;
    const stored = service && this.services.get(service.definition.serviceName);
    if (service && (stored?.incarnation !== service.incarnation || stored.version < service.version)) {
      this.services.set(service.definition.serviceName, service);
      this.actions.push(...(record.actions ?? []));
    }
    for (const deployment of record.rollout?.serviceDeployments ?? [])
      this.serviceDeployments.set(deployment.serviceDeploymentId, deployment);
    for (const revision of record.rollout?.serviceRevisions ?? [])
      this.serviceRevisions.set(revision.revisionId, revision);
    for (const event of record.events) if (!this.events.some((e) => e.id === event.id)) this.events.push(event);
  }
}
