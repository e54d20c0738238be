/**
 * The tasks of one owner that wait in PROVISIONING: they get an instance of their capacity provider as soon as one has
 * room, and are STOPPED with the reason when none has had for too long.
 */
import { ApplicationFailure } from '@temporalio/workflow';
import { DEFAULT_PROVISIONING_TIMEOUT_MS } from '../../model/capacity-provider.ts';
import type { PlacementExplanation } from '../../model/decision.ts';
import { groupBy } from '../../model/group-by.ts';
import type { EpochMs } from '../../model/time.ts';
import { provisioningFailure } from '../../scheduler/placement/explain.ts';
import { placeTasks } from '../../scheduler/placement/place-tasks.ts';
import type { PlacementRequest, Refusal } from '../../scheduler/placement/types.ts';
import { placementRetryDelay } from '../../scheduler/throttle/throttle.ts';
import type { Control } from './control.ts';
import type { StandingDecision } from './decision-log.ts';
import type { HostedTasks } from './hosted-tasks.ts';
import { isWaiting, type OwnedTask } from './owned-tasks.ts';
import { refusedByStore, snapshotRequest } from './place.ts';
import {
  ProvisioningRecords,
  type ProvisioningAttempt,
  type ProvisioningRecordsOptions,
} from './provisioning-records.ts';

/** Attempts in vain so far, and when the next is due. Crosses continue-as-new as it is. */
export interface ProvisioningWait {
  readonly attempts: number;
  readonly retryAt: EpochMs;
  /** Refusals on record that stand. */
  readonly refused?: readonly StandingDecision[];
}

export interface ProvisioningOptions<T extends OwnedTask> extends ProvisioningRecordsOptions<T> {
  readonly clusterName: string;
  readonly control: Control;
  readonly hosted: HostedTasks<T>;
  readonly carried: ProvisioningWait | undefined;
  /** Tasks with the same key are alike: one request places them all. */
  readonly keyOf: (task: T) => string;
  readonly requestOf: (task: T, count: number) => PlacementRequest;
}

/** What one step came to. */
export interface ProvisioningStep<T> {
  readonly changed: boolean;
  /** STOPPED: they waited for too long. */
  readonly expired: readonly T[];
  /** Why tasks go on waiting. */
  readonly refusals: readonly Refusal[];
}

interface Placement<T> {
  readonly attempt: ProvisioningAttempt<T>;
  readonly refusal: Refusal | undefined;
}

const NOTHING_CONSIDERED: PlacementExplanation = { seed: 0, considered: 0, eligible: 0, refused: [], best: [] };

export class Provisioning<T extends OwnedTask> {
  readonly #options: ProvisioningOptions<T>;
  readonly #records: ProvisioningRecords<T>;
  #wait: ProvisioningWait | undefined;
  #timeoutMs: number | undefined;

  constructor(options: ProvisioningOptions<T>) {
    this.#options = options;
    this.#records = new ProvisioningRecords(options, options.carried?.refused);
    this.#wait = options.carried;
  }

  get waiting(): readonly T[] {
    return this.#options.hosted.owned.all.filter(isWaiting);
  }

  /** When there is something to do next; undefined while nothing waits. */
  get dueAt(): EpochMs | undefined {
    const { waiting } = this;
    if (waiting.length === 0) return undefined;
    // The first step asks how long tasks may wait.
    if (this.#wait === undefined || this.#timeoutMs === undefined) return 0;
    return Math.min(this.#wait.retryAt, Math.min(...waiting.map(({ createdAt }) => createdAt)) + this.#timeoutMs);
  }

  get carried(): ProvisioningWait | undefined {
    if (this.waiting.length === 0 || this.#wait === undefined) return undefined;
    const { standing: refused } = this.#records;
    return refused.length === 0 ? this.#wait : { ...this.#wait, refused };
  }

  /** Capacity appeared. False when nobody waits for it. */
  capacityChanged(): boolean {
    if (this.waiting.length === 0) return false;
    this.#wait = { attempts: this.#wait?.attempts ?? 0, retryAt: 0 };
    return true;
  }

  /** Places what can be placed and ends what has waited for too long. Does nothing before `dueAt`. */
  async step(): Promise<ProvisioningStep<T>> {
    const { dueAt } = this;
    if (dueAt === undefined || dueAt > Date.now()) return { changed: false, expired: [], refusals: [] };
    this.#timeoutMs ??= await loadTimeout(this.#options.control);
    const before = this.waiting.length;
    // Capacity that appears from here on asks for another attempt.
    const next = { attempts: (this.#wait?.attempts ?? 0) + 1, retryAt: Infinity };
    this.#wait = next;
    const refusals: Refusal[] = [];
    const standing: { readonly attempt: ProvisioningAttempt<T>; readonly refusal: Refusal }[] = [];
    const expired: T[] = [];
    for (const group of groupBy(this.waiting, this.#options.keyOf).values()) {
      const { refusal, attempt } = await this.#tryToPlace(group);
      if (refusal === undefined) continue;
      refusals.push(refusal);
      expired.push(...this.#expire(attempt, refusal, this.#timeoutMs));
      const left = group.filter(({ taskId }) => this.#isWaiting(taskId));
      if (left.length > 0) standing.push({ attempt: { ...attempt, group: left }, refusal });
    }
    this.#records.refused(standing);
    const placed = before - expired.length - this.waiting.length;
    const attempts = placed > 0 ? 1 : next.attempts;
    if (this.#wait === next) this.#wait = { attempts, retryAt: Date.now() + placementRetryDelay(attempts) };
    return { changed: placed > 0 || expired.length > 0, expired, refusals };
  }

  /** What the store refuses for good is the reason why they go on waiting. */
  async #tryToPlace(group: readonly T[]): Promise<Placement<T>> {
    const request = this.#options.requestOf(first(group), group.length);
    try {
      return await this.#place(group, request);
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      return { attempt: { group, request, explanation: NOTHING_CONSIDERED }, refusal: refusedByStore(error) };
    }
  }

  /** Places tasks that are alike; why the rest found no place. */
  async #place(group: readonly T[], request: PlacementRequest): Promise<Placement<T>> {
    const { clusterName, control, hosted } = this.#options;
    const snapshot = await control.read((activities) =>
      activities.snapshotCapacity(snapshotRequest(clusterName, request)),
    );
    const { placed, refusal, explanation } = placeTasks(request, snapshot, Math.floor(Math.random() * 2 ** 31));
    const attempt = { group, request, explanation };
    const assignments = placed.flatMap((place, i) => {
      const task = group[i];
      return task ? [{ taskId: task.taskId, ...place }] : [];
    });
    if (assignments.length === 0) return { attempt, refusal };
    const decisions = this.#records.placed(attempt, assignments);
    const { assigned } = await control.write((activities) =>
      activities.assignTasks({ clusterName, assignments, decisions }),
    );
    hosted.assign(assigned, Date.now());
    return { attempt, refusal };
  }

  #isWaiting(taskId: string): boolean {
    const task = this.#options.hosted.owned.get(taskId);
    return task !== undefined && isWaiting(task);
  }

  #expire(attempt: ProvisioningAttempt<T>, refusal: Refusal, timeoutMs: number): readonly T[] {
    const { owned } = this.#options.hosted;
    const now = Date.now();
    const late = attempt.group.filter(
      ({ taskId, createdAt }) => this.#isWaiting(taskId) && createdAt + timeoutMs <= now,
    );
    const reason = { stopCode: 'TaskFailedToStart', stoppedReason: provisioningFailure(refusal) } as const;
    for (const { taskId } of late) owned.lose(taskId, reason, now);
    this.#records.expired(attempt, late, reason.stoppedReason);
    return late;
  }
}

/** Of a group that groupBy made: it is not empty. */
function first<T>([task]: readonly T[]): T {
  if (task === undefined) throw ApplicationFailure.nonRetryable('A group without tasks.', 'ServerException');
  return task;
}

async function loadTimeout(control: Control): Promise<number> {
  const policy = await control.read((activities) => activities.loadInstancePolicy());
  return policy.provisioningTimeoutMs ?? DEFAULT_PROVISIONING_TIMEOUT_MS;
}
