/** The way down of one container: asked to stop, looked at, and stopped again until it has ended. */
import type { Logger } from 'pino';
import type { ContainerRuntime, ObservedContainer } from '../runtime/types.ts';
import type { ContainerRecord } from './container-record.ts';
import { failureText } from './preparation.ts';

/** After a stop the engine's event with the exit code normally comes first; this long we wait for it. */
const EXIT_EVENT_WAIT_MS = 500;
/** A container that outlived its stop is stopped again after this long. */
const STOP_AGAIN_MS = 1_000;

export interface ContainerStopDeps {
  readonly runtime: Pick<ContainerRuntime, 'stop' | 'remove' | 'inspect'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** It has ended, and its event has not come. */
  readonly onEnd: (observed: ObservedContainer) => void;
  /** It is not there any more. */
  readonly onVanished: () => void;
}

/** Resolves when the engine has answered; the record, in phase `stopping`, is looked after until it has left that phase. */
export async function stopContainer(
  record: ContainerRecord,
  containerId: string,
  deps: ContainerStopDeps,
): Promise<void> {
  const { runtime, logger } = deps;
  try {
    await runtime.stop(containerId, record.plan.stopTimeoutSeconds);
  } catch (error) {
    record.reason = failureText(error);
    await runtime
      .remove(containerId)
      .catch((e: unknown) => logger.warn({ containerId, err: e }, 'could not remove a container that did not stop'));
  }
  setTimeout(() => void lookAfter(record, containerId, deps), EXIT_EVENT_WAIT_MS);
}

/** The event with the exit code has not come: asks for it. What still runs, or cannot be looked at, is stopped again. */
async function lookAfter(record: ContainerRecord, containerId: string, deps: ContainerStopDeps): Promise<void> {
  if (record.phase !== 'stopping') return;
  try {
    const observed = await deps.runtime.inspect(containerId);
    if (observed === undefined) {
      deps.onVanished();
      return;
    }
    if (observed.status !== 'running') {
      deps.onEnd(observed);
      return;
    }
  } catch (error) {
    deps.logger.warn({ containerId, err: error }, 'could not inspect a container after its stop; stopping it again');
  }
  setTimeout(() => {
    if (record.phase === 'stopping') void stopContainer(record, containerId, deps);
  }, STOP_AGAIN_MS);
}
