/** Wakes owners that wait for capacity. Coalesced: however often capacity appears, a cluster is looked at a few times a second. */
import type { Store } from '../../store/contract/store.ts';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import { Background } from './background.ts';
import type { OwnerSignals } from './owner-signals.ts';

/** Those who wait longest are woken first; the others' turn comes with the next change, or with their own timer. */
const WOKEN_AT_ONCE = 20;
const PAUSE_MS = 300;

export interface Logger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface WakerDeps {
  readonly store: Pick<Store, 'listWaitingServices' | 'listProvisioningOwners'>;
  readonly signal: OwnerSignals;
  readonly logger: Logger;
  /** What its wake-ups belong to; ended with the worker. */
  readonly background?: Background;
}

/**
 * Answers at once; the first call for a cluster acts immediately, those that follow within the pause act once, after it.
 * A wake-up that fails is logged and no more: an owner that waits also looks again by itself.
 */
export const createWaker = (deps: WakerDeps): ((clusterName: string) => void) =>
  coalesced((clusterName) => wakeWaiting(deps, clusterName), deps.background);

/** Calls of `act`, which never rejects, per cluster: at once, and once more after the pause for all that came in it. */
export function coalesced(
  act: (clusterName: string) => Promise<void>,
  background = new Background(),
): (clusterName: string) => void {
  /** Clusters in their pause, with whether more happened since it began. */
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
    logger.warn({ clusterName, err: error }, 'owners that wait for capacity were not woken');
  }
}
