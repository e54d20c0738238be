/** Writes an owner's changes to the store: one write at a time, in order, what piles up meanwhile in one. */
import { ApplicationFailure, condition, log } from '@temporalio/workflow';
import type { OwnerRecord, RolloutRecord } from '../../model/owner-record.ts';
import type { Decision } from '../../model/decision.ts';
import { packOwnerRecord } from '../../model/packed-writes.ts';
import type { ServiceEvent, ServiceRecord } from '../../model/service.ts';
import type { ServiceActionRecord } from '../../model/service-action.ts';
import type { ContainerReport, TaskPatch } from '../../model/task.ts';
import type { Control } from './control.ts';
import { takeApart } from './refused-writes.ts';

function mergeContainers(earlier: readonly ContainerReport[], later: readonly ContainerReport[]): ContainerReport[] {
  const byName = new Map(earlier.map((container) => [container.name, container]));
  for (const container of later) byName.set(container.name, { ...byName.get(container.name), ...container });
  return [...byName.values()];
}

/** Two patches of the same task as one: later values win, containers merge by name. */
export function mergeTaskPatches(earlier: TaskPatch, later: TaskPatch): TaskPatch {
  const containers = mergeContainers(earlier.changes.containers ?? [], later.changes.containers ?? []);
  return {
    taskId: later.taskId,
    version: later.version,
    changes: { ...earlier.changes, ...later.changes, ...(containers.length > 0 ? { containers } : {}) },
  };
}

/** The store's refusal, which no repetition changes. */
async function tryToWrite(control: Control, record: OwnerRecord): Promise<ApplicationFailure | undefined> {
  try {
    const packed = packOwnerRecord(record);
    await control.write((activities) => activities.recordOwner(packed));
    return undefined;
  } catch (error) {
    if (error instanceof ApplicationFailure) return error;
    throw error;
  }
}

/** Tasks in one write, so that no activity input grows with the service. */
const MAX_PATCHES_PER_WRITE = 1_000;

export class RecordWriter {
  readonly #control: Control;
  readonly #clusterName: string;
  readonly #patches = new Map<string, TaskPatch>();
  #events: ServiceEvent[] = [];
  #actions: ServiceActionRecord[] = [];
  readonly #decisions = new Map<string, Decision>();
  #service: (() => ServiceRecord) | undefined;
  #rollout: RolloutRecord | undefined;
  #queued = 0;
  #written = 0;
  #running = false;

  readonly #onRefused: (why: string) => void;

  /** `onRefused`: the store refused some of a write for good, and what it could not take is given up. */
  constructor(control: Control, clusterName: string, onRefused: (why: string) => void = () => undefined) {
    this.#control = control;
    this.#clusterName = clusterName;
    this.#onRefused = onRefused;
  }

  patchTask(patch: TaskPatch): void {
    const earlier = this.#patches.get(patch.taskId);
    this.#patches.set(patch.taskId, earlier ? mergeTaskPatches(earlier, patch) : patch);
    this.#queue();
  }

  addEvent(event: ServiceEvent): void {
    this.#events.push(event);
    this.#queue();
  }

  /** Goes with the service's row: put that as well. */
  addAction(action: ServiceActionRecord): void {
    this.#actions.push(action);
    this.#queue();
  }

  /** `withNextWrite`: it can wait until there is something else to write. */
  addDecision(decision: Decision, { withNextWrite } = { withNextWrite: false }): void {
    this.#decisions.set(decision.id, decision);
    if (!withNextWrite) this.#queue();
  }

  /** The service's row as of now, counted when it is written: of many changes in one workflow task only the last is. */
  putService(record: () => ServiceRecord): void {
    this.#service = record;
    this.#queue();
  }

  /** What is new in the service's history. The service's row must be put with it. */
  addRollout(record: RolloutRecord | undefined): void {
    if (record === undefined) return;
    const { serviceDeployments = [], serviceRevisions = [] } = this.#rollout ?? {};
    this.#rollout = {
      serviceDeployments: [...serviceDeployments, ...record.serviceDeployments],
      serviceRevisions: [...serviceRevisions, ...record.serviceRevisions],
    };
    this.#queue();
  }

  /** Resolves when everything queued before the call is in the store. */
  async flushed(): Promise<void> {
    const upTo = this.#queued;
    await condition(() => this.#written >= upTo);
  }

  get idle(): boolean {
    return this.#written === this.#queued;
  }

  #queue(): void {
    this.#queued += 1;
    if (!this.#running) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#running = true;
    // Lets everything that is decided in the same breath join one write.
    await Promise.resolve();
    while (this.#written < this.#queued) {
      const upTo = this.#queued;
      for (const record of this.#take()) await this.#write(record);
      this.#written = upTo;
    }
    this.#running = false;
  }

  async #write(record: OwnerRecord): Promise<void> {
    const refusal = await tryToWrite(this.#control, record);
    if (refusal === undefined) return;
    for (const attempts of takeApart(record, refusal.message)) {
      for (const attempt of attempts) if ((await tryToWrite(this.#control, attempt)) === undefined) break;
    }
    log.warn('the store refused a change for good', { refusal: refusal.message });
    this.#onRefused(refusal.message);
  }

  /** What is queued, in writes of bounded size; the service's row goes last, so that its counts never run ahead. */
  #take(): OwnerRecord[] {
    const patches = [...this.#patches.values()];
    this.#patches.clear();
    const events = this.#events;
    const service = this.#service;
    const actions = this.#actions.length === 0 ? {} : { actions: this.#actions };
    const rollout = this.#rollout;
    const decisions = this.#decisions.size === 0 ? {} : { decisions: [...this.#decisions.values()] };
    this.#decisions.clear();
    this.#events = [];
    this.#actions = [];
    this.#service = undefined;
    this.#rollout = undefined;
    const records: OwnerRecord[] = [];
    while (patches.length > MAX_PATCHES_PER_WRITE) {
      records.push({ clusterName: this.#clusterName, tasks: patches.splice(0, MAX_PATCHES_PER_WRITE), events: [] });
    }
    records.push({
      clusterName: this.#clusterName,
      tasks: patches,
      events,
      ...actions,
      ...decisions,
      ...(service ? { service: service() } : {}),
      ...(rollout ? { rollout } : {}),
    });
    return records;
  }
}
