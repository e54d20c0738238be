/** How far one task has come on this host: what its owner is told of, and what the next step goes by. Forwards only. */
import type { StopCode } from '../../../model/status.ts';
import type { EpochMs } from '../../../model/time.ts';
import type { ContainerRecord } from './container-record.ts';
import type { ContainerIds } from './container-spec.ts';
import { HOLDER_NAME } from './labels.ts';
import type { TaskPlan } from './plan.ts';
import type { TaskAddress, TaskFacts } from './task-report.ts';

export class TaskProgress implements TaskFacts {
  readonly plan: TaskPlan;
  /** By container name. */
  readonly records: ReadonlyMap<string, ContainerRecord>;
  /** The container that holds the task's namespaces. */
  holderId: string | undefined;
  /** The holder has been started, and nothing is known of its end. */
  holderRuns = false;
  address: TaskAddress | undefined;
  pullStartedAt: EpochMs | undefined;
  pullStoppedAt: EpochMs | undefined;
  /** RUNNING since. */
  startedAt: EpochMs | undefined;
  executionStoppedAt: EpochMs | undefined;
  /** Its containers have ended, and its network goes. */
  isDeprovisioning = false;
  stoppedAt: EpochMs | undefined;
  stopCode: StopCode | undefined;
  stoppedReason: string | undefined;
  private ending = false;

  constructor(plan: TaskPlan, records: readonly ContainerRecord[]) {
    this.plan = plan;
    this.records = new Map(records.map((r) => [r.plan.name, r]));
  }

  get hasStarted(): boolean {
    return this.startedAt !== undefined;
  }

  get isStopped(): boolean {
    return this.stoppedAt !== undefined;
  }

  /** The task is to end: nothing starts any more. */
  get isStopping(): boolean {
    return this.ending;
  }

  get containers(): readonly ContainerRecord[] {
    return [...this.records.values()];
  }

  get ids(): ContainerIds {
    const ids = new Map<string, string>();
    if (this.holderId !== undefined) ids.set(HOLDER_NAME, this.holderId);
    for (const { plan, containerId } of this.containers) if (containerId !== undefined) ids.set(plan.name, containerId);
    return ids;
  }

  recordOf(name: string): ContainerRecord {
    const record = this.records.get(name);
    if (record === undefined) throw new Error(`no container ${name} in task ${this.plan.taskId}`);
    return record;
  }

  /** Without a reason it is the owner that wants it: the owner's reason is its own affair. */
  beginStop(reason?: { readonly stopCode: StopCode; readonly stoppedReason: string }): void {
    this.ending = true;
    if (reason !== undefined) {
      this.stopCode = reason.stopCode;
      this.stoppedReason = reason.stoppedReason;
    }
    for (const record of this.containers) if (record.phase === 'waiting') record.phase = 'stopped';
  }
}
