/** Removes what ended tasks left on the engine: after a time, or sooner if there are too many. */
import type { Logger } from 'pino';
import type { EpochMs } from '../../../model/time.ts';
import type { TaskCgroups } from '../limits/task-cgroups.ts';
import type { ContainerRuntime } from '../runtime/types.ts';
import { surplusOf } from './kept-tasks.ts';
import type { KeptLimits } from './kept-tasks.ts';
import type { TaskRun } from './task-run.ts';
import { Timers } from './timers.ts';

/** After this time, the answer of the activity that reported the end is on record. */
const TOLD_AFTER_MS = 10_000;
/** If the engine could not remove something, it is asked again after this time. */
const AGAIN_MS = 60_000;

export interface CleanUpDeps {
  readonly runtime: Pick<ContainerRuntime, 'remove' | 'removeVolume'>;
  readonly cgroups?: TaskCgroups;
  readonly logger: Pick<Logger, 'warn'>;
  readonly now: () => EpochMs;
  /** Stopped containers are kept this long for people to look at. */
  readonly cleanupWaitMs: number;
  /** Absent: all tasks that end within that time are kept. */
  readonly kept?: KeptLimits;
  /** Whether every report of a task has reached its owner. Absent: always true. */
  readonly isTold?: (ownerWorkflowId: string, taskId: string) => boolean;
  /** The task has left the host. */
  readonly onRemoved: (run: TaskRun) => void;
}

interface Ended {
  readonly run: TaskRun;
  readonly taskId: string;
  readonly family: string;
  readonly endedAt: EpochMs;
  readonly containers: number;
}

export class CleanUp {
  readonly #deps: CleanUpDeps;
  readonly #ended = new Map<string, Ended>();
  readonly #timers = new Timers();
  #sweep: NodeJS.Timeout | undefined;

  constructor(deps: CleanUpDeps) {
    this.#deps = deps;
  }

  /** The task has stopped. All that it has on the host, apart from containers and volumes, is removed at once. */
  afterStop(run: TaskRun): void {
    const { taskId, family = '' } = run.plan;
    const containers = run.containerIds.length;
    this.#ended.set(taskId, { run, taskId, family, endedAt: this.#deps.now(), containers });
    void run.removePauseContainer();
    void this.#removeCgroup(run);
    this.#timers.later(this.#deps.cleanupWaitMs, () => {
      if (this.#ended.has(taskId)) void this.remove(run);
    });
    this.#sweepSoon();
  }

  /** Removes everything that is left of the task. Tries again later if the engine does not remove something now. */
  async remove(run: TaskRun): Promise<void> {
    const { taskId, taskVolumes } = run.plan;
    this.#ended.delete(taskId);
    try {
      await run.removePauseContainer();
      for (const id of run.containerIds) await this.#deps.runtime.remove(id);
      await this.#removeCgroup(run);
      for (const volume of taskVolumes) await this.#deps.runtime.removeVolume(volume);
    } catch (error) {
      this.#deps.logger.warn({ taskId, err: error }, 'could not clean up after a task; trying again');
      this.#timers.later(AGAIN_MS, () => void this.remove(run));
    }
    this.#deps.onRemoved(run);
  }

  close(): void {
    this.#timers.clear();
    this.#sweep = undefined;
  }

  #sweepSoon(): void {
    if (this.#deps.kept === undefined) return;
    this.#sweep ??= this.#timers.later(TOLD_AFTER_MS, () => {
      this.#sweep = undefined;
      void this.#removeSurplus(this.#deps.kept ?? { perFamily: Infinity, inAll: Infinity });
    });
  }

  async #removeSurplus(limits: KeptLimits): Promise<void> {
    const surplus = surplusOf([...this.#ended.values()], limits);
    const { now, isTold = () => true } = this.#deps;
    const ripe = surplus.filter(
      ({ run, taskId, endedAt }) => now() - endedAt >= TOLD_AFTER_MS && isTold(run.plan.ownerWorkflowId, taskId),
    );
    if (ripe.length < surplus.length) this.#sweepSoon();
    for (const { run, taskId } of ripe) if (this.#ended.has(taskId)) await this.remove(run);
  }

  async #removeCgroup({ plan }: TaskRun): Promise<void> {
    await this.#deps.cgroups
      ?.remove(plan.taskId)
      .catch((error: unknown) =>
        this.#deps.logger.warn({ taskId: plan.taskId, err: error }, 'could not remove the cgroup of a task'),
      );
  }
}
