/** Wakes services that wait for capacity. Coalesced: however often capacity appears, a cluster is looked at a few times a second. */
import type { Store } from '../../store/types.ts';
import { serviceWorkflowId } from '../../workflows/messages.ts';
import type { OwnerSignals } from './owner-signals.ts';

/** Those who wait longest are woken first; the others' turn comes with the next change, or with their own timer. */
const WOKEN_AT_ONCE = 20;
const PAUSE_MS = 300;

export interface Logger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface WakerDeps {
  readonly store: Pick<Store, 'listWaitingServices'>;
  readonly signal: OwnerSignals;
  readonly logger: Logger;
}

/**
 * Answers at once; the first call for a cluster acts immediately, those that follow within the pause act once, after it.
 * A wake-up that fails is logged and no more: a service that waits also looks again by itself.
 */
export function createWaker(deps: WakerDeps): (clusterName: string) => void {
  /** Clusters in their pause, with whether more capacity appeared since it began. */
  const paused = new Map<string, boolean>();
  const wake = (clusterName: string): void => {
    if (paused.has(clusterName)) {
      paused.set(clusterName, true);
      return;
    }
    paused.set(clusterName, false);
    void wakeWaiting(deps, clusterName).finally(() => {
      setTimeout(() => {
        const again = paused.get(clusterName) === true;
        paused.delete(clusterName);
        if (again) wake(clusterName);
      }, PAUSE_MS).unref();
    });
  };
  return wake;
}

async function wakeWaiting({ store, signal, logger }: WakerDeps, clusterName: string): Promise<void> {
  try {
    const services = await store.listWaitingServices(clusterName, WOKEN_AT_ONCE);
    const ids = services.map((service) => serviceWorkflowId(clusterName, service));
    await Promise.all(ids.map((id) => signal.signalCapacityChanged(id)));
  } catch (error) {
    logger.warn({ clusterName, err: error }, 'services that wait for capacity were not woken');
  }
}
