/** Stops one container: orders the stop, checks, and orders it again until the container has ended. */
import type { Logger } from 'pino';
import type { ContainerRuntime, ObservedContainer } from '../runtime/types.ts';
import { failureText } from './preparation.ts';

/** After a stop, the engine's event with the exit code normally comes first. This is how long to wait for it. */
const EXIT_EVENT_WAIT_MS = 500;
/** A container that survived its stop is stopped again after this long. */
const STOP_AGAIN_MS = 1_000;

export interface ContainerStopDeps {
  readonly runtime: Pick<ContainerRuntime, 'stop' | 'remove' | 'inspect'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** Whether the container has not ended yet. */
  readonly isStopping: () => boolean;
  readonly onRefusal: (reason: string) => void;
  /** The container has ended without an event. Undefined if the engine does not know the container. */
  readonly onEnd: (observed: ObservedContainer | undefined) => void;
}

interface StoppingContainer {
  readonly containerId: string;
  readonly timeoutSeconds: number;
}

/** Resolves when the engine has answered. Afterwards the container is checked until it has ended. */
export async function stopContainer(container: StoppingContainer, deps: ContainerStopDeps): Promise<void> {
  const { runtime, logger } = deps;
  const { containerId, timeoutSeconds } = container;
  try {
    await runtime.stop(containerId, timeoutSeconds);
  } catch (error) {
    deps.onRefusal(failureText(error));
    await runtime
      .remove(containerId)
      .catch((e: unknown) => logger.warn({ containerId, err: e }, 'could not remove a container that did not stop'));
  }
  setTimeout(() => void lookAfter(container, deps), EXIT_EVENT_WAIT_MS);
}

/** Looks for an end without an event. Stops the container again if it still runs or cannot be inspected. */
async function lookAfter(container: StoppingContainer, deps: ContainerStopDeps): Promise<void> {
  if (!deps.isStopping()) return;
  try {
    const observed = await deps.runtime.inspect(container.containerId);
    if (observed?.status !== 'running') {
      deps.onEnd(observed);
      return;
    }
  } catch (error) {
    deps.logger.warn(
      { containerId: container.containerId, err: error },
      'could not inspect a container after its stop; stopping it again',
    );
  }
  setTimeout(() => {
    if (deps.isStopping()) void stopContainer(container, deps);
  }, STOP_AGAIN_MS);
}
