/** The way out of the container that holds a task's namespaces: removed once, when the task's own containers have stopped. */
import type { Logger } from 'pino';
import type { ContainerRuntime } from '../runtime/types.ts';
import type { TaskProgress } from './task-progress.ts';

interface HolderRemovalDeps {
  readonly runtime: Pick<ContainerRuntime, 'remove'>;
  readonly logger: Pick<Logger, 'warn'>;
}

export class HolderRemoval {
  private readonly task: TaskProgress;
  private readonly deps: HolderRemovalDeps;
  private removal: Promise<void> | undefined;

  constructor(task: TaskProgress, deps: HolderRemovalDeps) {
    this.task = task;
    this.deps = deps;
  }

  /** Resolves when it is gone, or there is none; when the engine refuses, its clean-up tries again. */
  run(): Promise<void> {
    const { holderId } = this.task;
    if (holderId === undefined) return Promise.resolve();
    this.removal ??= this.deps.runtime.remove(holderId).catch((error: unknown) => {
      this.removal = undefined;
      this.deps.logger.warn({ containerId: holderId, err: error }, 'could not remove the pause container of a task');
    });
    return this.removal;
  }
}
