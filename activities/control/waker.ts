/**
 * Wakes owners that wait for capacity. Wake-ups are coalesced: however often capacity appears, a cluster is looked at
 * only a few times a second.
 */
import type { Store } from '../../store/contract/store.ts';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import { Background } from './background.ts';
import type { OwnerSignals } from './owner-signals.ts';

/** The owners that have waited longest are woken first; the others follow with the next change or their own timer. */
const WOKEN_AT_ONCE = 20;
const PAUSE_MS = 300;

export interface Logger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface WakerDeps {
  readonly store: Pick<Store, 'listWaitingServices' | 'listProvisioningOwners'>;
  readonly signal: OwnerSignals;
  readonly logger: Logger;
  /** Tracks its wake-ups; ends with the worker. */
  readonly background?: Background;
}

/**
 * Returns at once. The first call for a cluster acts immediately; calls within the pause after it act once, when it
 * ends. A wake-up that fails is only logged, because a waiting owner also looks by itself.
 */
export const createWaker = (deps: WakerDeps): ((clusterName: string) => void) =>
  coalesced((clusterName) => wakeWaiting(deps, clusterName), deps.background);

/**
 * Calls `act`, which must never reject, for each cluster: at once, and once more after the pause if there were calls
 * during it.
 */
export function coalesced(
  act: (clusterName: string) => Promise<void>,
  background = new Background(),
): (clusterName: string) => void {
  /** Clusters in their pause; true if there were calls since it began. */
  const paused = new Map<string, boolean>();
  const call = (clusterName: string): void => {
    if (paused.has(clusterName)) {
      paused.set(clusterName, true);
      return;
    }
    paused.set(clusterName, false);
    void background
      .begin(() => act(clusterName))
      .finally(() => {
        setTimeout(() => {
          const again = paused.get(clusterName) === true;
          paused.delete(clusterName);
          if (again) call(clusterName);
        }, PAUSE_MS).unref();
      });
  };
  return call;
}

async function wakeWaiting({ store, signal, logger }: WakerDeps, clusterName: string): Promise<void> {
  try {
    const [services, others] = await Promise.all([
      store.listWaitingServices(clusterName, WOKEN_AT_ONCE),
      store.listProvisioningOwners(clusterName, WOKEN_AT_ONCE),
    ]);
    const ids = [...services.map((service) => serviceWorkflowId(clusterName, service)), ...others];
    await Promise.all(ids.map((id) => signal.signalCapacityChanged(id)));
  } catch (error) {
    logger.warn({ clusterName, err: error }, 'could not wake owners that wait for capacity');
  }
}
