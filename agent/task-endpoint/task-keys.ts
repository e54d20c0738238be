/** The keys of tasks' roles, kept until well before their end: so they are there while the control plane is away. */
import { type TaskControl, TaskCallRefused, type TaskCredentials, type TaskName } from '../../model/task-calls.ts';
import type { EpochMs } from '../../model/time.ts';

/** SDKs ask for new keys a quarter of an hour before the end of those that they have. */
const RENEW_BEFORE_END_MS = 1_800_000;
/** After a failure, the kept keys are handed out, or the failure is told again, for so long before the control plane is asked again. */
const AGAIN_MS = 10_000;

interface Kept {
  readonly credentials: TaskCredentials;
  readonly obtainedAt: EpochMs;
}

interface Entry {
  kept?: Kept;
  asking?: Promise<TaskCredentials>;
  failedAt?: EpochMs;
  /** What the control plane refused then. */
  failure?: TaskCallRefused;
}

export class TaskKeys {
  readonly #control: Pick<TaskControl, 'credentials'>;
  readonly #now: () => EpochMs;
  readonly #entries = new Map<string, Entry>();

  constructor(control: Pick<TaskControl, 'credentials'>, now: () => EpochMs) {
    this.#control = control;
    this.#now = now;
  }

  /**
   * Keys that are good for a while. Rejects with TaskCallRefused if the control plane refuses them, and with another error if it is
   * away and no keys are kept.
   */
  async of(task: TaskName): Promise<TaskCredentials> {
    const entry = this.#entryOf(task.taskId);
    const { kept, failedAt } = entry;
    if (kept !== undefined && !this.#isDue(kept)) return kept.credentials;
    const isGood = kept !== undefined && this.#now() < kept.credentials.expiresAt;
    if (failedAt !== undefined && this.#now() - failedAt < AGAIN_MS) {
      if (isGood) return kept.credentials;
      // A program that asks again and again must not take the agent's own calls.
      if (entry.failure !== undefined) throw entry.failure;
    }
    try {
      return await (entry.asking ??= this.#ask(task, entry));
    } catch (error) {
      // What the control plane refuses must not be handed out any longer.
      if (isGood && !(error instanceof TaskCallRefused)) return kept.credentials;
      throw error;
    }
  }

  /** Forgets the keys of all other tasks. */
  keepOnly(taskIds: ReadonlySet<string>): void {
    for (const taskId of this.#entries.keys()) if (!taskIds.has(taskId)) this.#entries.delete(taskId);
  }

  #entryOf(taskId: string): Entry {
    let entry = this.#entries.get(taskId);
    if (entry === undefined) {
      entry = {};
      this.#entries.set(taskId, entry);
    }
    return entry;
  }

  async #ask(task: TaskName, entry: Entry): Promise<TaskCredentials> {
    try {
      const credentials = await this.#control.credentials(task);
      entry.kept = { credentials, obtainedAt: this.#now() };
      delete entry.failedAt;
      delete entry.failure;
      return credentials;
    } catch (error) {
      entry.failedAt = this.#now();
      delete entry.failure;
      if (error instanceof TaskCallRefused) {
        entry.failure = error;
        delete entry.kept;
      }
      throw error;
    } finally {
      delete entry.asking;
    }
  }

  /** Keys of a short life are renewed at half of it. */
  #isDue({ credentials, obtainedAt }: Kept): boolean {
    const { expiresAt } = credentials;
    const before = Math.min(RENEW_BEFORE_END_MS, (expiresAt - obtainedAt) / 2);
    return this.#now() >= expiresAt - before;
  }
}
