/** Removes a task's pause container, once, after the task's own containers have stopped. */
import type { Logger } from 'pino';
import type { ContainerRuntime } from '../runtime/types.ts';

interface HolderRemovalDeps {
  readonly runtime: Pick<ContainerRuntime, 'remove'>;
  readonly logger: Pick<Logger, 'warn'>;
}

export class HolderRemoval {
  private readonly deps: HolderRemovalDeps;
  private removal: Promise<void> | undefined;

  constructor(deps: HolderRemovalDeps) {
    this.deps = deps;
  }

  /** Resolves when the pause container is gone or never existed. If the engine refuses, the clean-up tries again. */
  run(holderId: string | undefined): Promise<void> {
    if (holderId === undefined) return Promise.resolve();
    this.removal ??= this.deps.runtime.remove(holderId).catch((error: unknown) => {
      this.removal = undefined;
      this.deps.logger.warn({ containerId: holderId, err: error }, 'could not remove the pause container of a task');
    });
    return this.removal;
  }
}
