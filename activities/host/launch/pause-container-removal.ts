/** Removes a task's pause container, once, after the task's own containers have stopped. */
import type { Logger } from 'pino';
import type { ContainerRuntime } from '../runtime/types.ts';

interface PauseContainerRemovalDeps {
  readonly runtime: Pick<ContainerRuntime, 'remove'>;
  readonly logger: Pick<Logger, 'warn'>;
}

export class PauseContainerRemoval {
  readonly #deps: PauseContainerRemovalDeps;
  #removal: Promise<void> | undefined;

  constructor(deps: PauseContainerRemovalDeps) {
    this.#deps = deps;
  }

  /** Resolves when the pause container is gone or never existed. If the engine refuses, the clean-up tries again. */
  run(pauseContainerId: string | undefined): Promise<void> {
    if (pauseContainerId === undefined) return Promise.resolve();
    this.#removal ??= this.#deps.runtime.remove(pauseContainerId).catch((error: unknown) => {
      this.#removal = undefined;
      this.#deps.logger.warn(
        { containerId: pauseContainerId, err: error },
        'could not remove the pause container of a task',
      );
    });
    return this.#removal;
  }
}
